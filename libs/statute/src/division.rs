//! Places by their division codes: 6 digits a district, 9 a township, 12 a village.

/// Length of a district's code.
pub const DISTRICT: usize = 6;

/// Whether a village lies in an area. One that is not known is the district's: nobody below may take it for its own.
pub fn lies_in(village: Option<&str>, area: &str) -> bool {
    match village.filter(|code| !code.is_empty()) {
        Some(code) => !area.is_empty() && code.starts_with(area),
        None => area.len() == DISTRICT,
    }
}

#[cfg(test)]
mod tests {
    use super::lies_in;

    #[test]
    fn a_place_that_is_not_known_is_the_district_s_alone() {
        for area in ["430903", "430903111", "430903111201"] {
            assert!(lies_in(Some("430903111201"), area));
        }
        assert!(!lies_in(Some("430903111201"), "430903112") && !lies_in(Some("430903111201"), ""));
        for unknown in [None, Some("")] {
            assert!(lies_in(unknown, "430903"));
            assert!(
                !lies_in(unknown, "430903111") && !lies_in(unknown, "430903111201") && !lies_in(unknown, "")
            );
        }
    }
}
