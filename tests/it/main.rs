//! The integration tests, one binary: a file a topic.

mod command_line;
mod command_line_check;
mod layering;
