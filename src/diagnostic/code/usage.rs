//! Codes of the usage part.

use super::codes;

codes! {}
