//! The edit rules as a document: whole, in both languages, and nothing but text where a pack is hostile.
//!
//! Invariants
//! - The document is parsed as Markdown or as XML; what must stand in it is read off the pack's own files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use crate::program::{command, kenpyo, root, text};

fn book(words: &[&str]) -> String {
    let output = kenpyo(&[&["rules", "book"], words].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

/// The plain text of a Markdown document, and whatever is no plain text: links, raw markup, emphasis by its kind.
fn read(markdown: &str) -> (String, Vec<String>) {
    let (mut plain, mut other) = (String::new(), Vec::new());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(piece) | Event::Code(piece) => plain.push_str(&piece),
            Event::Html(piece) | Event::InlineHtml(piece) => other.push(piece.trim().to_owned()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                other.push(dest_url.to_string());
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::Heading(_)) => {
                plain.push('\n');
            }
            _ => {}
        }
    }
    (plain, other)
}

/// A page as XML gives it: texts by element, and the names of all elements and attributes.
fn page(html: &str) -> (String, BTreeSet<String>, Vec<(String, String)>) {
    use quick_xml::events::Event as Xml;
    let body = html.strip_prefix("<!DOCTYPE html>").expect("a page begins with its type");
    let mut reader = quick_xml::Reader::from_str(body);
    reader.config_mut().check_end_names = true;
    let (mut plain, mut elements, mut attributes) = (String::new(), BTreeSet::new(), Vec::new());
    loop {
        match reader.read_event().unwrap_or_else(|fault| panic!("{fault} at {}", reader.buffer_position())) {
            Xml::Start(tag) | Xml::Empty(tag) => {
                elements.insert(tag.name().as_ref().to_owned());
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    let name = attribute.key.as_ref().to_owned();
                    let value = attribute.value.to_string();
                    attributes.push((name, value));
                }
            }
            Xml::Text(piece) => plain.push_str(&piece),
            Xml::GeneralRef(name) => match &*name {
                "lt" | "#60" => plain.push('<'),
                "gt" | "#62" => plain.push('>'),
                "amp" | "#38" => plain.push('&'),
                "quot" | "#34" => plain.push('"'),
                "apos" | "#39" => plain.push('\''),
                other => panic!("&{other};"),
            },
            Xml::Eof => return (plain, elements, attributes),
            _ => {}
        }
    }
}

/// Every id that the pack's files publish.
fn published() -> BTreeSet<String> {
    let mut texts = vec![fs::read_to_string(root().join("schemas/hospital-cyber-2024.json")).unwrap()];
    for file in fs::read_dir(root().join("rules/hospital-cyber/2024")).unwrap().map(Result::unwrap) {
        texts.extend(fs::read_to_string(file.path()).ok());
    }
    let id = regex::Regex::new(r#"\bid"? *[=:] *"(HCS-[A-Z][0-9]+)""#).unwrap();
    texts.iter().flat_map(|text| id.captures_iter(text).map(|found| found[1].to_owned())).collect()
}

#[test]
fn every_rule_stands_in_the_book_once_with_its_message_and_an_example() {
    let list = kenpyo(&["rules", "list", "--format", "json"]);
    let list: Value = serde_json::from_str(&text(&list)).unwrap();
    let ids: BTreeSet<&str> =
        list["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    // Edits of the published tables are not the respondent's.
    let of_answers = |id: &str| !id.starts_with("HCS-M");
    let ids: BTreeSet<&str> = ids.into_iter().filter(|id| of_answers(id)).collect();
    let published: BTreeSet<String> = published().into_iter().filter(|id| of_answers(id)).collect();
    assert!(ids.is_subset(&published.iter().map(String::as_str).collect()) && ids.len() < published.len());
    for language in ["ja", "en"] {
        let document = book(&["--lang", language]);
        let entries: Vec<&str> = document.split("\n### ").skip(1).collect();
        let told: BTreeSet<String> =
            entries.iter().map(|entry| entry.split(' ').next().unwrap().replace('\\', "")).collect();
        assert_eq!((&told, entries.len()), (&published, published.len()), "{language}");
        let (said, table) = if language == "ja" {
            ("表示される文", "| 設問 |")
        } else {
            ("What you will read", "| Question |")
        };
        for entry in entries {
            let id = entry.split(' ').next().unwrap().replace('\\', "");
            let message = entry.lines().find(|line| line.contains(said)).unwrap_or_else(|| panic!("{entry}"));
            assert!(!message.contains('{'), "a placeholder is left: {message}");
            assert!(entry.contains(table) || !ids.contains(id.as_str()), "no example: {entry}");
        }
        assert!(document.contains(list["hash"].as_str().unwrap()));
    }
}

#[test]
fn a_message_is_the_one_that_a_run_prints() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), r#"{"gmis_id":"AB12345","beds_total":1501}"#).unwrap();
    let run = command(folder.path())
        .args(["check", "a.json", "--format", "short", "--lang", "ja"])
        .output()
        .unwrap();
    let run = text(&run);
    let line = run.lines().find(|line| line.contains("HCS-R003")).unwrap_or_else(|| panic!("{run}"));
    let message = line.split_once("] ").unwrap().1;
    assert!(read(&book(&["--lang", "ja"])).0.contains(message), "{message}");
}

#[test]
fn a_condition_is_told_in_words_where_it_has_some() {
    let document = book(&["--lang", "ja"]);
    let entry = |id: &str| document.split("\n### ").find(|entry| entry.starts_with(id)).unwrap().to_owned();
    assert!(entry("HCS-R002").contains("病床数が0より大きい値の場合"), "{}", entry("HCS-R002"));
    assert!(
        entry("HCS-C012").contains("…") && entry("HCS-C012").contains("500床以上"),
        "{}",
        entry("HCS-C012")
    );
    assert!(entry("HCS-K016").contains("対象でない票"), "{}", entry("HCS-K016"));
}

#[test]
fn a_book_is_of_one_language_and_always_the_same() {
    let (ja, en) = (book(&["--lang", "ja"]), book(&["--lang", "en"]));
    assert_eq!(ja, book(&["--lang", "ja"]));
    for title in ["fewer beds than a hospital has", "What you will read"] {
        assert!(en.contains(title) && !ja.contains(title), "{title}");
    }
    for title in ["病床数が20床未満", "表示される文"] {
        assert!(ja.contains(title) && !en.contains(title), "{title}");
    }
}

#[cfg(feature = "html")]
#[test]
fn the_page_is_whole_and_asks_for_nothing_from_elsewhere() {
    for language in ["ja", "en"] {
        let html = book(&["--format", "html", "--lang", language]);
        let (plain, elements, attributes) = page(&html);
        assert!(html.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{language}\">")));
        for element in ["script", "img", "iframe", "link", "object", "form", "base"] {
            assert!(!elements.contains(element), "{element}");
        }
        let ids: BTreeSet<&str> =
            attributes.iter().filter(|(name, _)| name == "id").map(|(_, value)| value.as_str()).collect();
        for (name, value) in &attributes {
            assert!(!name.starts_with("on") && !value.contains("javascript:"), "{name}={value}");
            if name == "href" {
                assert!(ids.contains(value.strip_prefix('#').unwrap()), "{value} leads nowhere");
            }
        }
        let levels: Vec<usize> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html[at + 2..].chars().next()?.to_digit(10))
            .map(|level| level as usize)
            .collect();
        assert_eq!(levels[0], 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1 && pair[1] > 1), "headings in order");
        // The page says what the document says.
        let same = |text: &str| text.split_whitespace().collect::<String>();
        let (markdown, _) = read(&book(&["--lang", language]));
        for line in markdown.lines().filter(|line| line.contains('「') || line.contains("Please")) {
            let told = line.split_once(": ").map_or(line, |(_, told)| told);
            assert!(
                same(&plain).contains(&same(told)) || same(told).contains('、') || told.contains(", "),
                "{told}"
            );
        }
    }
}

/// A pack whose every text tries to be markup.
fn hostile(folder: &Path) -> String {
    let evil = "<script>alert(1)</script> [a](javascript:b) ![c](http://d) **e** `f` | g &lt; \\\" # h\\n- i\\n\\n<img src=x>";
    fs::create_dir_all(folder.join("rules/x/1")).unwrap();
    fs::create_dir_all(folder.join("schemas")).unwrap();
    let label = serde_json::json!({"ja": evil, "en": evil});
    let schema = serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "x", "title": evil, "type": "object", "x-label": label,
        "properties": {"a": {"type": "integer", "x-label": label, "x-column": "a"}}
    });
    fs::write(folder.join("schemas/x.json"), serde_json::to_string_pretty(&schema).unwrap()).unwrap();
    let quoted = format!("\"{evil}\"");
    let survey = format!(
        "[survey]\nid = \"x\"\nwave = \"1\"\nwaves = [\"1\"]\nschema = \"schemas/x.json\"\nkey = [\"a\"]\ntitle.ja = {quoted}\ntitle.en = {quoted}\neveryone.ja = {quoted}\neveryone.en = {quoted}\nlocales = [\"ja\", \"en\"]\ntimezone = \"Asia/Tokyo\"\n"
    );
    fs::write(folder.join("rules/x/1/survey.toml"), survey).unwrap();
    let rule = format!(
        "[[rule]]\nid = \"X-001\"\nslug = \"x\"\nseverity = \"error\"\nrequire = 'a > 1'\nblame = [\"a\"]\nsource = \"x\"\ntitle.ja = {quoted}\ntitle.en = {quoted}\nmessage.ja = {quoted}\nmessage.en = {quoted}\nexamples.pass = [ {{ a = 2 }} ]\nexamples.fail = [ {{ a = 1 }} ]\nexamples.undecided = [ {{}} ]\n"
    );
    fs::write(folder.join("rules/x/1/10.toml"), rule).unwrap();
    folder.join("rules/x/1").to_string_lossy().into_owned()
}

#[test]
fn the_texts_of_a_hostile_pack_stay_text() {
    let folder = tempfile::tempdir().unwrap();
    let survey = hostile(folder.path());
    let document = book(&["--survey", &survey, "--lang", "en"]);
    let (plain, other) = read(&document);
    for link in &other {
        assert!(link.starts_with('#') || link.starts_with("<a id=\"") || link == "</a>", "{link}");
    }
    for piece in ["<script>alert(1)</script>", "[a](javascript:b)", "**e**", "`f`", "&lt;", "<img src=x>"] {
        assert!(plain.matches(piece).count() >= 5, "{piece}: {plain}");
    }
    if cfg!(feature = "html") {
        let (plain, elements, _) = page(&book(&["--survey", &survey, "--lang", "en", "--format", "html"]));
        assert!(!elements.contains("script") && !elements.contains("img"));
        assert!(plain.matches("<script>alert(1)</script>").count() >= 5);
    }
    let layout = book(&["--survey", &survey, "--lang", "en", "--format", "layout"]);
    let rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(layout.as_bytes());
    assert!(
        rows.into_records()
            .all(|row| row.unwrap().iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])))
    );
}

#[test]
fn the_record_layout_names_every_column_and_every_code_of_the_form() {
    let layout = book(&["--format", "layout", "--lang", "ja"]);
    let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(layout.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .map(Result::unwrap)
        .collect();
    assert!(rows[..6].iter().all(|row| row.len() == 2 || row.len() == 4), "six rows of names and contents");
    let heads: Vec<&str> = rows[6].iter().collect();
    assert_eq!(heads[..4], ["行番号", "項目名", "階層", "位置"]);
    let at = |name: &str| heads.iter().position(|head| *head == name).unwrap();
    assert!(rows[7..].iter().all(|row| row.len() == heads.len()));
    assert!(
        rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])),
        "a spreadsheet would compute"
    );
    // The columns stand as in the blank form, whose header is what the reader knows best.
    let folder = tempfile::tempdir().unwrap();
    let form = folder.path().join("form.csv");
    assert!(kenpyo(&["form", "-o", form.to_str().unwrap()]).status.success());
    let header = fs::read_to_string(form).unwrap();
    let header: Vec<String> =
        header.trim_start_matches('\u{feff}').trim_end().split(',').map(str::to_owned).collect();
    let told: Vec<(String, String)> = rows[7..]
        .iter()
        .filter(|row| !row[at("位置")].is_empty())
        .map(|row| (row[at("位置")].to_owned(), row[at("備考")].to_owned()))
        .collect();
    assert_eq!(told.len(), header.len());
    for (place, ((position, remark), head)) in told.iter().zip(&header).enumerate() {
        assert_eq!(*position, (place + 1).to_string());
        assert!(remark.starts_with(&format!("見出し：{head}")), "{remark} is not {head}");
    }
    for code in ["毎日", "更新していない", "３種類以上"] {
        assert!(rows[7..].iter().any(|row| &row[at("符号内容")] == code), "{code}");
    }
    let closed = rows[7..].iter().find(|row| &row[at("変数名")] == "q18_drill").unwrap();
    assert!(closed[at("対象")].contains("問17"), "{closed:?}");
}

#[test]
fn the_format_follows_the_name_of_the_file_and_a_wrong_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, begins) in
        [("手引き.md", "# "), ("手引き.html", "<!DOCTYPE html>"), ("手引き.csv", "\u{feff}統計調査名")]
    {
        if name.ends_with("html") && !cfg!(feature = "html") {
            continue;
        }
        let output = command(folder.path()).args(["rules", "book", "-o", name]).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0), "{output:?}");
        assert!(fs::read_to_string(folder.path().join(name)).unwrap().starts_with(begins), "{name}");
    }
    let output = command(folder.path())
        .args(["rules", "book", "--format", "html", "-o", "a.csv", "--lang", "en"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(if cfg!(feature = "html") { "KP-U048" } else { "KP-U070" }), "{told}");
    assert!(!folder.path().join("a.csv").exists());
}
