//! Bars for two figures of each program. Their scales are logarithmic, because the programs differ
//! by powers of ten.

use std::{fmt::Display, io};

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::Figures;
use crate::{Result, other};

// Neither too dark for a dark page nor too light for a light one.
const TEXT: RGBColor = RGBColor(125, 125, 125);
const OWN: RGBColor = RGBColor(222, 110, 30);
const OTHERS: RGBColor = RGBColor(52, 131, 235);

const WIDTH: u32 = 960;
const NAMES: i32 = 210;
const BAR: i32 = 22;
const ROW: i32 = 34;
const TITLE: i32 = 40;
/// The longest bar, which leaves room for its value.
const LONGEST: f64 = 270.0;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The chart as SVG.
pub(super) fn draw(figures: &[Figures]) -> Result<String> {
    let height = u32::try_from(TITLE + ROW * i32::try_from(figures.len())?)?;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        let (names, panels) = area.split_horizontally(NAMES);
        for (one, middle) in figures.iter().zip(middles()) {
            let name = one.name.split(',').next().unwrap_or_default();
            write(&names, name, (NAMES - 10, middle), HPos::Right)?;
        }
        let (left, right) = panels.split_horizontally((WIDTH.cast_signed() - NAMES) / 2);
        let reads = |one: &Figures| (one.reads_per_second, format!("{:.0}", one.reads_per_second));
        panel(
            &left,
            "reads a second, logarithmic: longer is better",
            &figures.iter().map(reads).collect::<Vec<_>>(),
        )?;
        let wait = |one: &Figures| (one.beside_storm, format!("{:.1} ms", one.beside_storm));
        let title = "p99 beside wrong passwords: shorter is better";
        panel(&right, title, &figures.iter().map(wait).collect::<Vec<_>>())?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// Bars under a title, of which the first is our own.
fn panel(area: &Area, title: &str, bars: &[(f64, String)]) -> Result<()> {
    write(area, title, (0, TITLE / 2), HPos::Left)?;
    let values = || bars.iter().map(|(value, _)| value.log10());
    // The shortest bar is a decade below the least value.
    let least = values().fold(f64::MAX, f64::min).floor() - 1.0;
    let most = values().fold(f64::MIN, f64::max);
    for (place, ((value, text), middle)) in bars.iter().zip(middles()).enumerate() {
        let length = LONGEST * (value.log10() - least) / (most - least);
        // Fewer than the pixels of the area.
        #[expect(clippy::cast_possible_truncation)]
        let end = length.round() as i32;
        let color = if place == 0 { OWN } else { OTHERS };
        let corners = [(0, middle - BAR / 2), (end, middle + BAR / 2)];
        area.draw(&Rectangle::new(corners, color.filled())).map_err(failed)?;
        write(area, text, (end + 8, middle), HPos::Left)?;
    }
    Ok(())
}

/// The heights of the rows.
fn middles() -> impl Iterator<Item = i32> {
    (0..).map(|row| TITLE + ROW * row + ROW / 2)
}

fn write(area: &Area, text: &str, place: (i32, i32), side: HPos) -> Result<()> {
    let style = ("sans-serif", 16).into_font().color(&TEXT).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text.to_owned(), place, style)).map_err(failed)?;
    Ok(())
}

/// The library's errors borrow the area.
fn failed(error: impl Display) -> io::Error {
    other(&error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_has_its_name_and_two_bars() {
        let one = |name: &str, reads_per_second, beside_storm| Figures {
            name: name.to_owned(),
            reads_per_second,
            read: 1.0,
            alone: 1.0,
            beside_storm,
            start: 1.0,
            memory: 1.0,
        };
        let svg = draw(&[one("own, Basic", 1000.0, 2.0), one("other", 3.0, 700.0)]).unwrap();
        for text in ["own", "other", "1000", "2.0 ms", "3", "700.0 ms"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text}: {svg}");
        }
        // The background has none.
        assert_eq!(svg.matches("<rect").count(), 4, "{svg}");
    }
}
