//! Codes of our own faults: never the respondent's doing.
//!
//! Invariants
//! - Their texts say that the fault is ours, what was lost, and how to tell us.

use super::codes;

codes! {
    /// Our own code failed on one record.
    RECORD_FAULT = "KP-I001" "fault-of-the-program" Fatal
        title "プログラムの不具合により判定できない記録" "record not judged because of a fault of the program"
        message "プログラムの不具合により、この記録を判定できませんでした。提出内容の誤りではありません。この記録は保留とし、他の記録の判定は続けました。お手数ですが、版（kenpyo version）とこの番号を添えて開発元にお知らせください。"
            "A fault of this program kept it from judging this record; it is no mistake of the submission. The record is held, and all others were judged. Please report it with the output of `kenpyo version` and this code.";
}
