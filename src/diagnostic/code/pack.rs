//! Codes of the pack part.

use super::codes;

codes! {}
