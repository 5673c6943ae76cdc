//! Where a report is written: standard output, or a file that appears when it is whole.
//!
//! Invariants
//! - A closed pipe is [`Error::OutputClosed`] and nothing else: the reader has seen enough.
//! - A file is put into its place by [`Output::finish`]; a run that stops leaves none behind.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::source::sink::Sink;

/// Bytes gathered before they are handed on.
const BUFFER: usize = 64 * 1024;

/// The place of one report.
pub struct Output {
    target: Target,
    path: PathBuf,
}

enum Target {
    Stream(BufWriter<Box<dyn Write>>),
    File(Option<Sink>),
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Output {
    /// Standard output.
    pub fn standard() -> Self {
        Self::stream(Box::new(io::stdout()), "(standard output)")
    }

    /// Standard error.
    pub fn standard_error() -> Self {
        Self::stream(Box::new(io::stderr()), "(standard error)")
    }

    /// Any stream; `name` is for errors.
    pub fn stream(stream: Box<dyn Write>, name: &str) -> Self {
        Self { target: Target::Stream(BufWriter::with_capacity(BUFFER, stream)), path: PathBuf::from(name) }
    }

    /// The file `path`, through [`Sink`].
    pub fn file(path: &Path) -> Result<Self, Error> {
        Ok(Self { target: Target::File(Some(Sink::create(path)?)), path: path.to_path_buf() })
    }

    /// Writes all of `bytes`.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = match &mut self.target {
            Target::Stream(stream) => stream.write_all(bytes),
            Target::File(Some(sink)) => sink.write_all(bytes),
            Target::File(None) => Ok(()),
        };
        written.map_err(|error| self.fault(error))
    }

    /// Hands on what was gathered; a file takes its place. Writing afterwards has no effect on a file.
    pub fn finish(&mut self) -> Result<(), Error> {
        let flushed = match &mut self.target {
            Target::Stream(stream) => stream.flush(),
            Target::File(sink) => return sink.take().map_or(Ok(()), Sink::commit),
        };
        flushed.map_err(|error| self.fault(error))
    }

    fn fault(&self, source: io::Error) -> Error {
        if source.kind() == io::ErrorKind::BrokenPipe {
            return Error::OutputClosed;
        }
        Error::Write { path: self.path.clone(), source }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// A stream that can be looked at afterwards.
    #[derive(Clone, Default)]
    pub(crate) struct Page(Rc<RefCell<Vec<u8>>>);

    impl Page {
        pub(crate) fn output(&self) -> Output {
            Output::stream(Box::new(self.clone()), "page")
        }

        pub(crate) fn bytes(&self) -> Vec<u8> {
            self.0.borrow().clone()
        }

        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.borrow().clone()).unwrap()
        }
    }

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_fault() {
        let mut output = Output::stream(Box::new(Closed), "closed");
        output.write(b"x").unwrap();
        assert!(matches!(output.finish(), Err(Error::OutputClosed)));
    }

    #[test]
    fn a_file_appears_with_finish() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.json");
        let mut output = Output::file(&path).unwrap();
        output.write(b"{}").unwrap();
        assert!(!path.exists());
        output.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"{}");
    }
}
