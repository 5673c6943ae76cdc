//! Codes of the cell part.

use super::codes;

codes! {}
