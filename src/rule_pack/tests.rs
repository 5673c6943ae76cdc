//! Tests of whole small packs.
