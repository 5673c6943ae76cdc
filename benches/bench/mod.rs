//! What the benchmarks share: the program, and submissions for it to check.
//!
//! Invariants
//! - Programs under test write to nowhere, and read none of the caller's settings.
//! - Submissions are made once; a folder named by `KENPYO_BENCH_DIR` keeps them for the next run.

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Percent of the records that have a defect.
const DEFECTS: &str = "5";

/// The program.
pub const KENPYO: &str = env!("CARGO_BIN_EXE_kenpyo");

/// What stopped a benchmark.
pub type Fault = Box<dyn Error>;

/// The arguments but for cargo's own `--bench`. `None`: it is not there, and the first argument is none of `inner`, by
/// which a benchmark calls itself; so this is no benchmark run, as when cargo runs all targets for a test.
pub fn arguments(inner: &[&str]) -> Option<Vec<OsString>> {
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| inner.iter().any(|known| first == known)) {
        return Some(arguments);
    }
    let cargo = arguments.iter().position(|argument| argument == "--bench")?;
    arguments.remove(cargo);
    Some(arguments)
}

/// A command without the settings that change what the program does.
pub fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    for name in ["CI", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    let own = std::env::vars_os().map(|(name, _)| name);
    for name in own.filter(|name| name.to_str().is_some_and(|name| name.starts_with("KENPYO_"))) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// The folder of the submissions, and what removes it in the end.
pub struct Folder {
    path: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    /// `KENPYO_BENCH_DIR`, else a temporary folder.
    pub fn open() -> Result<Self, Fault> {
        if let Some(path) = std::env::var_os("KENPYO_BENCH_DIR").map(PathBuf::from) {
            std::fs::create_dir_all(&path)?;
            return Ok(Self { path, _temporary: None });
        }
        let temporary = tempfile::tempdir()?;
        Ok(Self { path: temporary.path().to_owned(), _temporary: Some(temporary) })
    }

    /// A file called `name` in the folder, there or not.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A file of `records` submissions in `format` (`csv`, `jsonl`), some with a defect.
    pub fn submissions(&self, records: u64, format: &str) -> Result<PathBuf, Fault> {
        self.submissions_with(records, format, DEFECTS)
    }

    /// The same with another share of records that have a defect, in per cent.
    pub fn submissions_with(&self, records: u64, format: &str, share: &str) -> Result<PathBuf, Fault> {
        let path = self.file(&if share == DEFECTS {
            format!("{records}.{format}")
        } else {
            format!("{records}-{share}.{format}")
        });
        if path.exists() {
            return Ok(path);
        }
        let defects = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/defects.toml");
        let mut command = quiet(Path::new(KENPYO));
        command.args(["generate", "--format", format, "--records"]).arg(records.to_string());
        command.arg("--defects").arg(defects).args(["--share", share]).arg("--out").arg(&path);
        let output = command.stdout(Stdio::null()).output()?;
        if output.status.success() {
            Ok(path)
        } else {
            // A half-written file must not be taken for a whole one by the next run.
            let _ = std::fs::remove_file(&path);
            Err(format!("kenpyo generate: {}", String::from_utf8_lossy(&output.stderr)).into())
        }
    }
}
