//! Codes of the analysis part.

use super::codes;

codes! {}
