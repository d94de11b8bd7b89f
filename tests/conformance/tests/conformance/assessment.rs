//! The rules of assessment.
