//! The integration tests, one binary: a file a topic.

mod command_line;
mod layering;
