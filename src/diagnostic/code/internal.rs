//! Codes of the internal part.

use super::codes;

codes! {}
