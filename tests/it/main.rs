//! The integration tests, one binary: a file a topic.

mod command_line;
mod defects;
mod generate;
mod layering;
mod natural;
mod program;
