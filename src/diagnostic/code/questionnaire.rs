//! Codes of the questionnaire part.

use super::codes;

codes! {}
