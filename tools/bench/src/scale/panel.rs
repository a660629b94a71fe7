//! Lines over logarithmic axes.

use std::{fmt::Display, io, ops::Range};

use plotters::{
    coord::{Shift, combinators::LogCoord},
    prelude::*,
    series::DashedLineSeries,
};

use super::thousands;
use crate::{Result, other};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Neither too dark for a dark page nor too light for a light one, which shows behind.
const TEXT: RGBColor = RGBColor(125, 125, 125);

/// A line of a chart: by numbers of users, seconds.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) color: RGBColor,
    pub(super) is_dashed: bool,
    pub(super) points: Vec<(f64, f64)>,
}

/// Draws lines over logarithmic axes.
pub(super) fn draw(area: &Area, title: &str, lines: &[Line]) -> Result<()> {
    let text = |size: u32| ("sans-serif", size).into_font().color(&TEXT);
    let points = || lines.iter().flat_map(|line| &line.points);
    let across = decades(points().map(|point| point.0), 1.0);
    // Room for the names above.
    let up = decades(points().map(|point| point.1), 10.0);
    let mut chart = ChartBuilder::on(area)
        .caption(title, text(21))
        .margin(10)
        .x_label_area_size(46)
        .y_label_area_size(70)
        .build_cartesian_2d(across.log_scale(), up.log_scale())
        .map_err(failed)?;
    chart
        .configure_mesh()
        .x_desc("users")
        .x_label_formatter(&|users| number(*users))
        .y_label_formatter(&|seconds| time(*seconds))
        .label_style(text(16))
        .axis_style(TEXT)
        .bold_line_style(TEXT.mix(0.35))
        .light_line_style(TRANSPARENT)
        .draw()
        .map_err(failed)?;
    for line in lines {
        draw_line(&mut chart, line)?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(text(16))
        .draw()
        .map_err(failed)?;
    Ok(())
}

fn draw_line<'a>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<LogCoord<f64>, LogCoord<f64>>>,
    line: &Line,
) -> Result<()> {
    let style = line.color.stroke_width(2);
    let (points, is_dashed) = (line.points.iter().copied(), line.is_dashed);
    let drawn = if is_dashed {
        chart.draw_series(DashedLineSeries::new(points, 6, 4, style))
    } else {
        chart.draw_series(LineSeries::new(points, style))
    };
    // The sample beside the name: one dash or two.
    let dash = if is_dashed { 9 } else { 22 };
    drawn.map_err(failed)?.label(line.name).legend(move |(x, y)| {
        EmptyElement::at((x, y))
            + PathElement::new([(0, 0), (dash, 0)], style)
            + PathElement::new([(22 - dash, 0), (22, 0)], style)
    });
    let marks = line.points.iter().map(|point| Circle::new(*point, 3, line.color.filled()));
    chart.draw_series(marks).map_err(failed)?;
    Ok(())
}

/// The library's errors borrow what they are about.
fn failed(error: impl Display) -> io::Error {
    other(&error.to_string())
}

/// The powers of ten around these values.
fn decades(values: impl Iterator<Item = f64>, above: f64) -> Range<f64> {
    let (least, most) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), value| {
        (least.min(value), most.max(value))
    });
    let power = |exponent: f64| 10_f64.powf(exponent);
    power(least.log10().floor())..power(most.log10().ceil()) * above
}

fn number(users: f64) -> String {
    // Whole, as powers of ten above one are.
    format!("{users:.0}").parse().map_or_else(|_| users.to_string(), thousands)
}

fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        1.0.. => (seconds, "s"),
        0.001.. => (seconds * 1e3, "ms"),
        _ => (seconds * 1e6, "µs"),
    };
    format!("{value:.0} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_go_from_one_power_of_ten_to_another() {
        let range = decades([0.003, 0.2].into_iter(), 1.0);
        assert!((range.start - 0.001).abs() < 1e-9 && (range.end - 1.0).abs() < 1e-9, "{range:?}");
    }

    #[test]
    fn times_are_in_the_unit_that_fits() {
        assert_eq!([0.0001, 0.001, 0.1, 10.0].map(time), ["100 µs", "1 ms", "100 ms", "10 s"]);
    }
}
