//! Codes of the configuration: U060 to U069.
//!
//! Each is drawn over `kenpyo.toml`, or over the `--config` that gives the setting.
//!
//! Invariants
//! - An id keeps its meaning for ever, and every text is in both languages.

use super::codes;

codes! {
    /// The text is no TOML.
    NOT_TOML = "KP-U060" "configuration-not-toml" Error
        title "設定ファイルをTOMLとして読めない" "configuration not readable as TOML"
        message "この箇所をTOMLとして読めません（{reason}）。記号や引用符をご確認ください。"
            "This place cannot be read as TOML ({reason}). Please check its signs and quotes.";
    /// No setting has this name.
    UNKNOWN_SETTING = "KP-U061" "unknown-setting" Error
        title "そのような設定はない" "unknown setting"
        message "{block} に「{found}」という設定はありません。使える設定：{known}。"
            "{block} has no setting \"{found}\". The settings are: {known}.";
    /// A setting has a value of another kind, or one that means nothing.
    SETTING_NOT_USABLE = "KP-U062" "setting-not-usable" Error
        title "設定の値の形が正しくない" "value that the setting cannot use"
        message "設定 {key} に{found}は使えません。{expected}を指定してください。"
            "The setting {key} cannot use {found}. Please give {expected}.";
    /// A word that the setting does not take.
    UNKNOWN_WORD = "KP-U063" "unknown-value-of-setting" Error
        title "設定の値として使えない語" "value that the setting does not take"
        message "設定 {key} に「{found}」は指定できません。指定できる値：{known}。"
            "The setting {key} does not take \"{found}\". It takes: {known}.";
    /// The configuration is for another version of the program.
    OTHER_VERSION_REQUIRED = "KP-U064" "other-version-required" Error
        title "この設定ファイルが求める版と異なる" "configuration for another version"
        message "この設定ファイルは kenpyo {required} を求めていますが、実行しているのは {version} です。求められている版をお使いいただくか、required-version を変更してください。"
            "The configuration requires kenpyo {required}, and this is {version}. Please use a version that it allows, or change required-version.";
    /// A file of the configuration would be written where it has no say.
    WRITES_OUTSIDE = "KP-U065" "output-outside-folder" Error
        title "設定ファイルのフォルダーの外への書き込み" "output outside the configuration's folder"
        message "設定 {key} の「{found}」には書き込みません：{reason}。設定ファイルは、受け取ったファイルと一緒に届くことがあるためです。別の場所に書く場合は、コマンドのオプションで指定してください。"
            "The setting {key} may not write \"{found}\": {reason}. A configuration may have come with the files that are checked. Please name another place by an option of the command line.";
    /// What `--config` gives is neither a setting nor a file.
    NEITHER_FILE_NOR_SETTING = "KP-U066" "neither-file-nor-setting" Error
        title "--config の値がファイルでも設定でもない" "--config gives neither a file nor a setting"
        message "--config の「{found}」というファイルはなく、キー = 値 の形の設定としても読めません。"
            "--config \"{found}\" is no file that is there, and cannot be read as a setting of the form KEY = VALUE."
        help "設定はTOMLで書きます。文字列は引用符で囲んでください：--config 'lang = \"ja\"'"
            "settings are TOML, and texts stand in quotes: --config 'lang = \"ja\"'";
    /// A configuration file that cannot be read.
    UNREADABLE_CONFIGURATION = "KP-U067" "configuration-not-readable" Error
        title "設定ファイルを読めない" "configuration that cannot be read"
        message "設定ファイル {path} を読めません：{reason}。" "The configuration {path} cannot be read: {reason}.";
}
