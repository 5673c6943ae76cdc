//! The report `html` in a real browser: what a person sees, and that nothing of a submission acts in it.
//!
//! Chromium is asked for the document as it stands after the page's own script has run, for pictures and for paper.
//! Where it is not installed the tests say so and pass, unless `KENPYO_TESTS_NEED_PROGRAMS` is set.
//!
//! Invariants
//! - The document is looked at as the browser has it after its script; nothing is fetched from anywhere.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use scraper::{Html, Selector};

use crate::program::{command, fixture, root};

/// Most time that one start of the browser may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Ends the browser whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the browser printed, on standard output and on standard error, about `page` asked with `words`. `None`: it is not
/// installed, which is told.
fn browser(folder: &Path, page: &str, words: &[&str]) -> Option<(String, String)> {
    let profile = tempfile::tempdir().unwrap();
    let (out, err) = (profile.path().join("out"), profile.path().join("err"));
    let started = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--hide-scrollbars", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .args(words)
        .arg(format!("file://{}/{page}", folder.display()))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out).unwrap())
        .stderr(fs::File::create(&err).unwrap())
        .spawn();
    let Ok(child) = started else {
        assert!(std::env::var_os("KENPYO_TESTS_NEED_PROGRAMS").is_none(), "chromium is not installed");
        eprintln!("left out: chromium is not installed");
        return None;
    };
    let mut running = Running(child);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = running.0.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < PATIENCE, "chromium takes too long over {page}");
        std::thread::sleep(Duration::from_millis(20));
    };
    let printed = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    assert!(status.success(), "{}", printed(&err));
    Some((printed(&out), printed(&err)))
}

/// The document after its script has run, and the browser's console.
fn seen(folder: &Path, page: &str) -> Option<(Html, String)> {
    let (dom, told) = browser(folder, page, &["--dump-dom"])?;
    let console: Vec<&str> = told.lines().filter(|line| line.contains("CONSOLE")).collect();
    Some((Html::parse_document(&dom), console.join("\n")))
}

fn count(dom: &Html, selector: &str) -> usize {
    dom.select(&Selector::parse(selector).unwrap()).count()
}

fn text(dom: &Html, selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    let found = dom.select(&selector);
    found.flat_map(|element| element.text()).collect::<Vec<_>>().concat()
}

/// Writes the page of `file` as `page.html` into `folder`.
fn page(folder: &Path, file: &str, words: &[&str]) {
    let output = command(folder)
        .args(["check", file, "--quiet", "--format", "html=page.html", "--values", "show"])
        .args(words)
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| code != 2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn example() -> String {
    root().join(fixture("submissions/example.csv")).display().to_string()
}

/// What an attacker would write; `port` is one on which somebody listens.
fn canary(port: u16) -> String {
    let to = format!("http://127.0.0.1:{port}/");
    format!(
        "CANARY</td></title></style></script><script>document.body.dataset.broken=1;fetch('{to}')</script><img src={to} onerror=document.body.dataset.broken=2><kenpyo-canary style=color:red onclick=x()>\"'--><!--"
    )
}

/// A submission with `text` in each cell of one record and in a header, and a row that cannot be read.
fn hostile(text: &str) -> String {
    let example = fs::read_to_string(root().join(fixture("submissions/example.csv"))).unwrap();
    let lines: Vec<&str> = example.lines().collect();
    let quoted = format!("\"{}\"", text.replace('"', "\"\""));
    let cells = vec![quoted.as_str(); lines[0].split(',').count()].join(",");
    let mut file = format!("{},{quoted}\n{cells},{quoted}\n", lines[0]);
    for line in &lines[1..] {
        file.extend([line, ",", &quoted, "\n"]);
    }
    file + &cells + ",x,y,z\n"
}

#[test]
fn nothing_of_a_submission_acts_in_a_browser() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let canary = canary(listener.local_addr().unwrap().port());
    let folder = tempfile::tempdir().unwrap();
    // The name of a file may hold everything but a slash and NUL.
    let name = format!("{}.csv", canary.replace('/', "／").chars().take(120).collect::<String>());
    fs::write(folder.path().join(&name), hostile(&canary)).unwrap();
    for language in ["ja", "en"] {
        page(folder.path(), &name, &["--lang", language]);
        let Some((dom, console)) = seen(folder.path(), "page.html") else { return };
        assert_eq!(console, "", "no error and no warning");
        assert!(text(&dom, "main").matches("CANARY").count() > 20, "each cell is shown");
        assert!(text(&dom, ".files").contains("CANARY＜") || text(&dom, ".files").contains("CANARY<"));
        assert_eq!(count(&dom, "kenpyo-canary, img, [onerror], [onclick], [style], [data-broken]"), 0);
        assert_eq!(
            (count(&dom, "script"), count(&dom, "style"), count(&dom, "title")),
            (1, 1, count(&dom, "head > title") + count(&dom, "svg > title"))
        );
        assert!(!text(&dom, "head > title").contains("CANARY"));
        assert_eq!(count(&dom, "#filters[hidden]"), 0, "our own script runs");
    }
    assert!(listener.accept().is_err(), "nothing was asked for");
}

#[test]
fn if_escaping_failed_the_policy_would_still_keep_scripts_and_requests_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let canary = canary(listener.local_addr().unwrap().port());
    let folder = tempfile::tempdir().unwrap();
    page(folder.path(), &example(), &["--lang", "en"]);
    let whole = fs::read_to_string(folder.path().join("page.html")).unwrap();
    let broken = whole.replacen("</main>", &format!("{canary}--></main>"), 1);
    fs::write(folder.path().join("broken.html"), &broken).unwrap();
    let Some((dom, console)) = seen(folder.path(), "broken.html") else { return };
    assert_eq!((count(&dom, "img"), count(&dom, "kenpyo-canary")), (1, 1), "the markup is there");
    assert_eq!(count(&dom, "[data-broken]"), 0, "and does nothing");
    assert!(console.contains("Content Security Policy"), "{console}");
    assert!(listener.accept().is_err(), "nothing was asked for");
    // Without the policy all of this would have happened. Whoever asks is let go, lest the browser wait for an answer.
    listener.set_nonblocking(false).unwrap();
    let asked = std::thread::spawn(move || listener.incoming().take(1).flatten().count());
    let open = broken.replacen("Content-Security-Policy", "x-none", 1);
    fs::write(folder.path().join("open.html"), open).unwrap();
    let (dom, _) = seen(folder.path(), "open.html").unwrap();
    assert_eq!(count(&dom, "[data-broken]"), 1);
    assert_eq!(asked.join().unwrap(), 1);
}

/// Asks the page as a person would, and writes what is then seen into the document.
const PERSON: &str = r##"<script>
addEventListener("load", () => {
  const told = [];
  const seen = () => Array.from(document.querySelectorAll("#by-rule .finding")).filter((f) => !f.hidden && !f.closest("[hidden]")).length;
  const records = () => Array.from(document.querySelectorAll(".record")).filter((r) => !r.hidden).length;
  const tell = (what) => told.push(what + "=" + seen() + "/" + records() + "/" + document.getElementById("filter-count").textContent);
  const box = (value) => document.querySelector("input[value=" + value + "]");
  const change = (node, how) => { how(node); node.dispatchEvent(new Event("change", { bubbles: true })); };
  tell("all");
  change(box("info"), (b) => { b.checked = false; });
  tell("no-info");
  change(box("info"), (b) => { b.checked = true; });
  change(document.getElementById("filter-rule"), (s) => { s.selectedIndex = 1; });
  tell("one-rule");
  change(document.getElementById("filter-rule"), (s) => { s.selectedIndex = 0; });
  change(document.getElementById("filter-text"), (t) => { t.value = "Ｓ0000557"; });
  tell("text");
  change(document.getElementById("filter-text"), (t) => { t.value = "no such text"; });
  tell("none");
  told.push("said=" + !document.getElementById("filter-none").hidden);
  change(document.getElementById("filter-text"), (t) => { t.value = ""; });
  for (const node of document.querySelectorAll("details")) node.open = false;
  dispatchEvent(new Event("beforeprint"));
  told.push("print=" + document.querySelectorAll("details:not([open])").length);
  dispatchEvent(new Event("afterprint"));
  told.push("back=" + document.querySelectorAll("details[open]").length);
  location.hash = "#record-1";
  setTimeout(() => {
    told.push("revealed=" + document.getElementById("record-1").open);
    told.push("wide=" + (document.documentElement.scrollWidth > innerWidth));
    document.body.dataset.told = told.join(" ");
  }, 50);
});
</script>"##;

#[test]
fn filters_leave_what_fits_and_paper_shows_all() {
    let folder = tempfile::tempdir().unwrap();
    page(folder.path(), &example(), &["--lang", "en"]);
    let whole = fs::read_to_string(folder.path().join("page.html")).unwrap();
    let asked = whole.replacen("Content-Security-Policy", "x-none", 1).replacen(
        "</body>",
        &format!("{PERSON}</body>"),
        1,
    );
    fs::write(folder.path().join("asked.html"), asked).unwrap();
    let words = ["--dump-dom", "--virtual-time-budget=2000", "--window-size=500,900"];
    let Some((dom, _)) = browser(folder.path(), "asked.html", &words) else { return };
    let dom = Html::parse_document(&dom);
    let body = dom.select(&Selector::parse("body").unwrap()).next().unwrap();
    assert_eq!(
        body.value().attr("data-told"),
        Some(
            "all=7/4/7 / 7 no-info=5/4/5 / 7 one-rule=1/1/1 / 7 text=2/1/2 / 7 none=0/0/0 / 7 said=true print=0 back=0 revealed=true wide=false"
        )
    );
}

/// Width and height of a PNG.
fn size(picture: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!(&picture[1..4], b"PNG");
    (number(16), number(20))
}

#[test]
fn a_screen_a_telephone_and_paper_get_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    for language in ["ja", "en"] {
        page(folder.path(), &example(), &["--lang", language]);
        for width in [1280, 500] {
            let (window, shot) = (format!("--window-size={width},2000"), format!("--screenshot={width}.png"));
            if browser(folder.path(), "page.html", &[&window, &shot]).is_none() {
                return;
            }
            let picture = fs::read(folder.path().join(format!("{width}.png"))).unwrap();
            assert_eq!(size(&picture).0, width);
            assert!(picture.len() > 50_000, "there is something on it");
        }
        browser(folder.path(), "page.html", &["--print-to-pdf=page.pdf", "--no-pdf-header-footer"]).unwrap();
        let paper = fs::read(folder.path().join("page.pdf")).unwrap();
        assert!(paper.starts_with(b"%PDF") && paper.windows(5).filter(|text| text == b"/Page").count() > 3);
    }
}

#[test]
fn every_verdict_has_its_headline() {
    let folder = tempfile::tempdir().unwrap();
    let clean = root().join(fixture("submissions/clean.csv")).display().to_string();
    fs::write(folder.path().join("header.csv"), fs::read_to_string(&clean).unwrap().lines().next().unwrap())
        .unwrap();
    for (file, words, class, said) in [
        (clean.as_str(), &[][..], "good", "nothing to correct"),
        (&example(), &[], "open", "findings"),
        ("none.csv", &[], "bad", "Could not be read: none.csv"),
        ("header.csv", &[], "bad", "Nothing was checked"),
        (&clean, &["--ignore", "HCS"], "bad", "Every rule was left out"),
    ] {
        page(folder.path(), file, &[words, &["--lang", "en"]].concat());
        let dom = Html::parse_document(&fs::read_to_string(folder.path().join("page.html")).unwrap());
        let banner = text(&dom, &format!(".banner.{class}"));
        assert!(banner.contains(said), "{file}: {banner}");
    }
    let refused = command(folder.path())
        .args(["check", &clean, "--format", "html=page.html", "--select", "HCS-X999", "--lang", "en"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let dom = Html::parse_document(&fs::read_to_string(folder.path().join("page.html")).unwrap());
    assert!(text(&dom, ".banner.bad").contains("not begun"));
}

#[test]
fn the_breakdown_is_of_every_record_and_finding() {
    let file = fixture("submissions/clean-5pct-defects.csv");
    let report = crate::program::report(&[&root().join(file).display().to_string()], None);
    let summary = &report["summary"];
    let breakdowns = summary["breakdowns"].as_array().unwrap();
    assert_eq!((breakdowns.len(), &breakdowns[0]["field"]), (1, &"band".into()));
    let options = breakdowns[0]["options"].as_array().unwrap();
    assert_eq!(options.len(), 7, "six bands and the unknown");
    let sum = |of: &dyn Fn(&serde_json::Value) -> u64| options.iter().map(of).sum::<u64>();
    assert_eq!(sum(&|option| option["records"].as_u64().unwrap()), summary["records"].as_u64().unwrap());
    let with_errors = sum(&|option| option["records_with_errors"].as_u64().unwrap());
    assert_eq!(with_errors, summary["records_with_errors"].as_u64().unwrap());
    let of_records = report["findings"].as_array().unwrap().iter();
    let of_records = of_records.filter(|finding| finding["place"]["kind"] == "record");
    for severity in ["fatal", "error", "warning", "info"] {
        let listed = of_records.clone().filter(|finding| finding["severity"] == severity).count();
        let told = sum(&|option| option["findings"][severity].as_u64().unwrap());
        assert_eq!(told, u64::try_from(listed).unwrap(), "{severity}");
    }
}

#[test]
fn an_answer_is_told_as_written_as_understood_or_why_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    page(folder.path(), &example(), &["--lang", "en"]);
    let dom = Html::parse_document(&fs::read_to_string(folder.path().join("page.html")).unwrap());
    let selector = Selector::parse(".answers tbody tr").unwrap();
    let rows: Vec<String> = dom
        .select(&selector)
        .map(|row| row.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" "))
        .collect();
    for told in [
        "▶ Bed band blank; taken from other answers as 100 to 199 beds ℹ info see HCS-D001",
        "▶ Bed band 20～99 read as 20 to 99 beds ✖ error see KP-C016 HCS-X001",
        "E-mail address (private)",
    ] {
        assert!(rows.iter().any(|row| row == told), "{told}: {rows:#?}");
    }
    let unusable = rows.iter().find(|row| row.contains("KP-C018")).unwrap();
    assert!(unusable.starts_with('▶') && unusable.contains("cannot be read as an answer"), "{unusable}");
}

/// The fields at the end of a title, as they are told where values are hidden.
fn fields(told: &str) -> String {
    told.rsplit_once(" (").and_then(|(_, fields)| fields.strip_suffix(')')).unwrap_or_default().to_owned()
}

#[test]
fn both_lists_of_the_page_tell_the_findings_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = root().join(fixture("submissions/clean-5pct-defects.csv"));
    let output = command(folder.path())
        .args(["check", "--quiet", "--lang", "en", "--values", "hide"])
        .args(["--format", "html=page.html", "--format", "json=report.json"])
        .arg(file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    let named = |finding: &serde_json::Value| {
        let labels = finding["labels"].as_array().unwrap().iter();
        let fields: Vec<&str> = labels.filter_map(|label| label["field"].as_str()).collect();
        let record = finding["place"]["record"].as_u64().map(|number| format!("record {number}"));
        let rule = finding["rule"].as_str().unwrap().to_owned();
        (record.unwrap_or_default(), rule, fields.join(", "))
    };
    let mut expected: Vec<_> = report["findings"].as_array().unwrap().iter().map(named).collect();
    expected.sort();
    assert!(expected.len() > 100);
    let dom = Html::parse_document(&fs::read_to_string(folder.path().join("page.html")).unwrap());
    let list =
        |groups: &str,
         of: &dyn Fn(&scraper::ElementRef<'_>, &scraper::ElementRef<'_>) -> (String, String)| {
            let (groups, findings) = (Selector::parse(groups).unwrap(), Selector::parse(".finding").unwrap());
            let paragraphs = Selector::parse("p:not(.head)").unwrap();
            let mut found = Vec::new();
            for group in dom.select(&groups) {
                for finding in group.select(&findings) {
                    let (record, rule) = of(&group, &finding);
                    let told: String = finding.select(&paragraphs).next().unwrap().text().collect();
                    found.push((record, rule, fields(&told)));
                }
            }
            found.sort();
            found
        };
    let inside = |element: &scraper::ElementRef<'_>, selector: &str| {
        let selector = Selector::parse(selector).unwrap();
        element.select(&selector).next().map(|found| found.text().collect::<String>()).unwrap_or_default()
    };
    let by_rule =
        list("#by-rule .group", &|group, finding| (inside(finding, ".who"), inside(group, "summary code")));
    assert!(by_rule == expected);
    let of_record = |group: &scraper::ElementRef<'_>, finding: &scraper::ElementRef<'_>| {
        let record = inside(group, "h3");
        (if record.starts_with("record") { record } else { String::new() }, inside(finding, ".head code"))
    };
    assert!(list("#by-record > .record", &of_record) == expected);
}
