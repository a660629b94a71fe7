//! The requirements of the ASVS in docs/asvs.md, and the tests that prove them.

use regex::Regex;

use crate::{
    promises::{is_known, known},
    read,
};

const HEADER: &str = "| requirement | here | test |";
const HEADER_OF_OTHERS: &str = "| number | reason |";

/// The numbers of all requirements of levels 1 and 2, in the standard's order.
fn requirements() -> impl Iterator<Item = &'static str> {
    include_str!("asvs.txt").lines()
}

/// The cells of the rows of all tables with this header.
fn rows<'a>(text: &'a str, header: &str) -> Vec<Vec<&'a str>> {
    let tables = text.split(header).skip(1);
    let rows = tables.flat_map(|table| {
        table.trim_start().lines().skip(1).take_while(|line| line.starts_with('|'))
    });
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// Whether the requirement is the number, or begins with it.
fn is_below(requirement: &str, number: &str) -> bool {
    requirement.strip_prefix(number).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[test]
fn every_requirement_of_the_asvs_is_listed_once() {
    let text = read("docs/asvs.md");
    let listed: Vec<_> = rows(&text, HEADER).into_iter().map(|row| row[0]).collect();
    let others: Vec<_> = rows(&text, HEADER_OF_OTHERS).into_iter().map(|row| row[0]).collect();
    assert_eq!(requirements().count(), 253);
    for requirement in requirements() {
        let is_listed = listed.iter().filter(|number| **number == requirement).count();
        let is_other = others.iter().filter(|number| is_below(requirement, number)).count();
        assert_eq!(is_listed + is_other, 1, "{requirement}");
    }
    let is_one = |number: &&str| requirements().any(|requirement| requirement == *number);
    assert!(listed.iter().all(is_one), "{listed:?}");
}

#[test]
fn every_requirement_of_the_asvs_names_tests_that_exist() {
    let (text, known) = (read("docs/asvs.md"), known());
    let name = Regex::new("`([^`]+)`").unwrap();
    for row in rows(&text, HEADER) {
        let [number, here, tests] = row[..] else { panic!("{row:?}") };
        let named: Vec<_> = name.captures_iter(tests).map(|found| found[1].to_owned()).collect();
        assert!(!named.is_empty() || here.contains("**Deviation:**"), "no test: {number}");
        for test in named {
            assert!(is_known(&known, &test), "{number}: {test} is neither a test nor a step");
        }
    }
}

#[test]
fn a_number_stands_for_the_requirements_below_it() {
    for (number, expected) in [("1.2", true), ("1.2.3", true), ("1", true), ("1.2.30", false)] {
        assert_eq!(is_below("1.2.3", number), expected, "{number}");
    }
    assert!(!is_below("10.2.3", "1"));
}
