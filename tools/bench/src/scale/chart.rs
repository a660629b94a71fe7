//! The chart of what grows with the number of users, and of what does not.

use plotters::prelude::*;

use super::{
    Figures,
    panel::{self, Line},
};
use crate::Result;

// Neither too dark for a dark page nor too light for a light one.
const BLUE: RGBColor = RGBColor(52, 131, 235);
const ORANGE: RGBColor = RGBColor(222, 110, 30);
const GREEN: RGBColor = RGBColor(30, 150, 90);

const SIZE: (u32, u32) = (960, 400);

/// Room for the half of the last number that is beyond its line.
const MARGIN: u32 = 30;

/// The chart as SVG.
pub(super) fn draw(figures: &[Figures]) -> Result<String> {
    let mut svg = String::new();
    {
        let whole =
            SVGBackend::with_string(&mut svg, (SIZE.0 + MARGIN, SIZE.1)).into_drawing_area();
        let (left, right) = whole.clone().shrink((0, 0), SIZE).split_horizontally(SIZE.0 / 2);
        panel::draw(&left, "Everyone at once", &everyone(figures))?;
        panel::draw(&right, "One request", &one_request(figures))?;
        whole.present()?;
    }
    Ok(svg)
}

fn everyone(figures: &[Figures]) -> [Line; 4] {
    [
        line(figures, "import", BLUE, |size| size.import.rollcall),
        dashed(line(figures, "sqlite3 .import", BLUE, |size| size.import.sqlite3)),
        line(figures, "GET /users", ORANGE, |size| size.list.rollcall),
        dashed(line(figures, "sqlite3 -json", ORANGE, |size| size.list.sqlite3)),
    ]
}

fn one_request(figures: &[Figures]) -> [Line; 3] {
    [
        line(figures, "last page of 100", ORANGE, |size| size.last_page),
        dashed(line(figures, "first page of 100", BLUE, |size| size.first_page)),
        line(figures, "one user", GREEN, |size| size.point_read),
    ]
}

fn line(
    figures: &[Figures],
    name: &'static str,
    color: RGBColor,
    seconds: impl Fn(&Figures) -> f64,
) -> Line {
    let points = figures.iter().map(|size| (f64::from(size.users), seconds(size))).collect();
    Line { name, color, is_dashed: false, points }
}

fn dashed(line: Line) -> Line {
    Line { is_dashed: true, ..line }
}

#[cfg(test)]
mod tests {
    use super::{super::Beside, *};

    fn figures() -> Vec<Figures> {
        [1_000, 100_000, 1_000_000]
            .map(|users| {
                let whole = Beside { rollcall: f64::from(users) / 1e6, sqlite3: 2.0 };
                let [point_read, first_page, last_page] = [0.0001, 0.0004, 0.0005];
                Figures { users, import: whole, list: whole, point_read, first_page, last_page }
            })
            .into()
    }

    #[test]
    fn the_chart_has_a_mark_for_every_figure_and_its_labels() {
        let svg = draw(&figures()).unwrap();
        assert_eq!(svg.matches("<circle").count(), 7 * 3);
        for text in ["import", "sqlite3 .import", "GET /users", "last page of 100", "1,000,000"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text} is not in {svg}");
        }
    }
}
