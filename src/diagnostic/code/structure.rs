//! Codes of the structure part.

use super::codes;

codes! {}
