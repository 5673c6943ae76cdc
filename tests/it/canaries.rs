//! What somebody writes into a cell, a header, a sheet's name or a file's name is text wherever it is shown.
//!
//! A million arbitrary cells, each with a canary that tries to be something else (markup, a command, a link, a
//! formula, a terminal's escape), are judged, and every report is read by a parser of its own format: the canary may
//! occur as text and as nothing else.
//!
//! Invariants
//! - The seed is fixed, so a failure can be seen again; the count of cells is asserted, not assumed.
//! - Every format that the program knows has its parser here; a new one fails until it has.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kenpyo::settings::formats::FORMATS;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;

use super::program::{command, root};

/// What a canary calls itself; it never occurs in anything that we write ourselves.
const CANARY: &str = "cnry";

/// Columns of a file that the form does not know.
const UNKNOWN: usize = 359;
const RECORDS: usize = 500;
const FILES: usize = 5;

/// Texts that would be something else if a writer let them; `@` stands for the canary.
const FORMS: &[&str] = &[
    "@",
    "<@ @=\"1\">",
    "</script><script>@()</script>",
    "\"><img src=@ onerror=@>",
    "'><svg/onload=@()>",
    "<!-- @ -->",
    "--><@>",
    "]]><@/>",
    "<?@ ?>",
    "&@;&#x3c;@&#62;",
    "=@(1)",
    "+@",
    "-@",
    "@@",
    "＝@()",
    "＋@",
    "－@",
    "＠@",
    "\t=@()",
    "=HYPERLINK(\"http://@\",\"x\")",
    "::error file=@::@",
    "\n::set-output name=@::@",
    "%0A::add-mask::@",
    "##[command]@",
    "\u{1b}]8;;http://@\u{7}x\u{1b}]8;;\u{7}",
    "\u{1b}[31m@\u{1b}[2J",
    "\u{9b}31m@",
    "\u{1b}P@\u{1b}\\",
    "\u{7}\u{8}\u{0}@\u{7f}",
    "\u{202e}@\u{2066}",
    "\u{200b}@\u{feff}",
    "[@](http://@ '@')",
    "![@](@)",
    "<http://@.example>",
    "`@` ``` @",
    "| @ | @ |",
    "\n# @\n",
    "\n- @\n\n> @",
    "~~~@\n@",
    "**@** _@_ ~~@~~",
    "\\@\\",
    "@\r\n@",
    "{{ @ }}{% @ %}",
    "${@}$(@)",
    "\"@\",\"@\"",
    "@;@,@\t@",
    "javascript:@()",
    "\u{2028}@\u{2029}",
    "髙﨑①@",
];

/// One arbitrary text with a canary of its own.
fn cell(random: &mut ChaCha8Rng, number: &mut u32) -> String {
    *number += 1;
    let pieces = 1 + random.next_u32() % 2;
    let mut text = String::new();
    for _ in 0..pieces {
        let form = FORMS[random.next_u32() as usize % FORMS.len()];
        text.push_str(&form.replace('@', &format!("{CANARY}{number}")));
    }
    text
}

fn quoted(cells: &[String]) -> String {
    let cells = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    cells.collect::<Vec<_>>().join(",") + "\r\n"
}

/// Sound answers, of which five cells of each record are hostile, and columns that the form does not know.
fn rows(random: &mut ChaCha8Rng, cells: &mut usize) -> Vec<Vec<String>> {
    let example = fs::read_to_string(root().join("fixtures/submissions/example.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(example.as_bytes());
    let known: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut number = 0;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for record in 0..=RECORDS {
        let mut row = known[if record == 0 { 0 } else { 1 + record % (known.len() - 1) }].clone();
        for _ in 0..if record == 0 { 0 } else { 5 } {
            let at = random.next_u32() as usize % row.len();
            row[at] = cell(random, &mut number);
        }
        row.extend((0..UNKNOWN).map(|_| cell(random, &mut number)));
        *cells += row.len();
        rows.push(row);
    }
    rows
}

/// Writes the files, and gives the number of cells.
fn submissions(folder: &Path) -> usize {
    let mut random = ChaCha8Rng::seed_from_u64(41);
    let mut cells = 0;
    for file in 0..FILES {
        let rows = rows(&mut random, &mut cells);
        let name = format!("<{CANARY}{file}>&'\"`|=,;%0A::{CANARY} [x](y)\u{202e}");
        let path = |suffix: &str| folder.join(format!("{name}.{suffix}"));
        match file {
            0 => fs::write(path("xlsx"), workbook(&rows)).unwrap(),
            1 => fs::write(path("jsonl"), json_lines(&rows)).unwrap(),
            _ => fs::write(path("csv"), rows.iter().map(|row| quoted(row)).collect::<String>()).unwrap(),
        }
    }
    cells
}

fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(format!("<{CANARY}>&\"=@{{x}}")).unwrap();
    for (at, row) in (0..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            sheet.write_string(at, column, text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn json_lines(rows: &[Vec<String>]) -> String {
    let (header, records) = rows.split_first().unwrap();
    let object = |row: &Vec<String>| {
        let members = header.iter().zip(row).map(|(name, text)| (name.clone(), Value::from(text.as_str())));
        Value::Object(members.collect()).to_string() + "\n"
    };
    records.iter().map(object).collect()
}

/// Takes note of what of a report is text, and stops at what is not.
#[derive(Default)]
struct Reading {
    texts: Vec<String>,
}

impl Reading {
    fn text(&mut self, text: &str) {
        if text.contains(CANARY) {
            self.texts.push(text.to_owned());
        }
    }

    /// A name that only we may give: of an element, a member, a command.
    fn name(&mut self, name: &str) {
        assert!(!name.contains(CANARY), "a canary became a name: {name}");
    }

    fn json(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().for_each(|item| self.json(item)),
            Value::Object(members) => members.iter().for_each(|(name, member)| {
                self.name(name);
                self.json(member);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn xml(&mut self, text: &str) {
        let document = roxmltree::Document::parse(text).unwrap();
        for node in document.descendants() {
            assert!(!node.is_pi() && !node.is_comment(), "{node:?}");
            self.name(node.tag_name().name());
            for attribute in node.attributes() {
                self.name(attribute.name());
                self.text(attribute.value());
            }
            self.text(node.text().filter(|_| node.is_text()).unwrap_or_default());
        }
    }

    fn html(&mut self, text: &str) {
        let document = scraper::Html::parse_document(text);
        for node in document.tree.values() {
            match node {
                scraper::Node::Element(element) => {
                    self.name(element.name());
                    for (name, value) in element.attrs() {
                        self.name(name);
                        assert!(!name.starts_with("on"), "a handler: {name}={value}");
                        let leads =
                            matches!(name, "href" | "src" | "style" | "action" | "srcdoc" | "content");
                        assert!(!leads || !value.contains(CANARY), "{name}={value}");
                        self.text(value);
                    }
                }
                scraper::Node::Text(text) => self.text(text),
                scraper::Node::Comment(comment) => self.name(comment),
                scraper::Node::ProcessingInstruction(instruction) => self.name(instruction),
                _ => {}
            }
        }
        for name in ["script", "style", "title"] {
            let selector = scraper::Selector::parse(name).unwrap();
            for element in document.select(&selector) {
                assert!(name == "title" || !element.inner_html().contains(CANARY), "in {name}");
            }
        }
    }

    /// The grammar of workflow commands: one a line, and nothing else.
    fn github(&mut self, text: &str) {
        for line in text.lines() {
            let command = line.strip_prefix("::").unwrap_or_else(|| panic!("no command: {line:?}"));
            let (head, message) = command.split_once("::").unwrap();
            let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
            assert!(["error", "warning", "notice"].contains(&name), "{line}");
            for property in properties.split(',').filter(|property| !property.is_empty()) {
                let (name, value) = property.split_once('=').unwrap();
                assert!(["file", "line", "col", "endLine", "endColumn", "title"].contains(&name), "{line}");
                assert!(!value.contains(':'), "{line}");
                self.text(value);
            }
            self.text(message);
        }
    }

    fn markdown(&mut self, text: &str) {
        use pulldown_cmark::{Event, Options, Parser, Tag};
        for event in Parser::new_ext(text, Options::all()) {
            match event {
                Event::Text(text) | Event::Code(text) => self.text(&text),
                Event::Html(text) | Event::InlineHtml(text) => self.name(&text),
                Event::Start(Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. }) => {
                    self.name(&dest_url);
                    self.name(&title);
                }
                Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                    self.name(&text);
                }
                _ => {}
            }
        }
    }

    fn csv(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let width = reader.headers().unwrap().len();
        for row in reader.records() {
            let row = row.unwrap();
            assert_eq!(row.len(), width);
            for field in &row {
                let first = field.chars().next().unwrap_or(' ');
                assert!(!"=+-@\t\r＝＋－＠".contains(first), "a formula: {field:?}");
                self.text(field);
            }
        }
    }

    fn xlsx(&mut self, bytes: &[u8]) {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..package.len() {
            let mut part = package.by_index(index).unwrap();
            let name = part.name().unwrap().into_owned();
            self.name(&name);
            let mut text = String::new();
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
            let document = roxmltree::Document::parse(&text).unwrap();
            let is = |name: &str| document.descendants().any(|node| node.has_tag_name(name));
            let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
            let of_sheet = |name: &str| document.descendants().any(|node| node.has_tag_name((main, name)));
            assert!(!of_sheet("f") && !of_sheet("hyperlink") && !is("f"), "in {name}");
            self.xml(&text);
        }
    }

    /// A terminal: what is printed, line ends, and colours; nothing that a cell holds may be more.
    fn terminal(&mut self, bytes: &[u8]) {
        let mut screen = Screen::default();
        vte::Parser::new().advance(&mut screen, bytes);
        screen.0.lines().for_each(|line| self.text(line));
    }
}

#[derive(Default)]
struct Screen(String);

impl vte::Perform for Screen {
    fn print(&mut self, character: char) {
        assert!(!('\u{202a}'..='\u{202e}').contains(&character), "a direction mark");
        assert!(!('\u{2066}'..='\u{2069}').contains(&character), "a direction mark");
        self.0.push(character);
    }

    fn execute(&mut self, byte: u8) {
        assert_eq!(byte, b'\n', "a control character");
        self.0.push('\n');
    }

    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        assert_eq!(action, 'm', "a command to the terminal");
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        panic!("an escape: {byte}");
    }

    fn osc_dispatch(&mut self, parameters: &[&[u8]], _: bool) {
        panic!("a command to the system: {parameters:?}");
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        panic!("a device control string: {action}");
    }
}

fn read(format: &str, bytes: &[u8]) -> Vec<String> {
    let mut reading = Reading::default();
    let text = || std::str::from_utf8(bytes).unwrap();
    match format {
        "full" | "short" => reading.terminal(bytes),
        "json" | "sarif" | "gitlab" | "rdjson" => reading.json(&serde_json::from_slice(bytes).unwrap()),
        "jsonl" => text().lines().for_each(|line| reading.json(&serde_json::from_str(line).unwrap())),
        "junit" | "checkstyle" => reading.xml(text()),
        "html" => reading.html(text()),
        "github" => reading.github(text()),
        "markdown" => reading.markdown(text()),
        "csv" => reading.csv(bytes),
        "xlsx" => reading.xlsx(bytes),
        other => panic!("no parser for {other} here"),
    }
    reading.texts
}

#[test]
fn a_canary_in_any_cell_header_sheet_or_file_name_is_only_text() {
    let folder = tempfile::tempdir().unwrap();
    let cells = submissions(folder.path());
    assert!(cells >= 1_000_000, "{cells}");
    let reports = tempfile::tempdir().unwrap();
    for color in ["never", "always"] {
        let mut program = command(folder.path());
        program.args(["check", ".", "--values", "show", "--keys", "show", "--lang", "ja", "--color", color]);
        for (format, _) in FORMATS {
            program.arg(format!("--format={format}={}", reports.path().join(format).display()));
        }
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let mut seen = String::new();
        for (format, _) in FORMATS {
            let texts = read(format, &fs::read(reports.path().join(format)).unwrap());
            // Without this a report that shows nothing would pass.
            assert!(texts.len() > 50, "{format} shows {} canaries", texts.len());
            let _ = write!(seen, "{format} {} ", texts.len());
        }
        println!("{cells} cells, texts with canaries: {seen}");
        let mut summary = Reading::default();
        summary.terminal(&output.stderr);
        if color == "never" {
            assert!(!output.stderr.contains(&0x1b));
        }
    }
}
