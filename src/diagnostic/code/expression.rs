//! Codes of the expression part.

use super::codes;

codes! {}
