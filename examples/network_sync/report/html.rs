//! The report as one file for a browser: nothing in it is fetched from elsewhere, and nothing runs.

use std::fmt::{self, Write as _};

use super::{Candidate, Device, Organization, Report, State};

const STYLE: &str = "
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 74rem; padding: 0 1rem; color: #1c2430; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #d8dee6; }
th { background: #f2f5f8; font-weight: 600; } td.n { text-align: right; }
tfoot td { font-weight: 600; }
.tag { border-radius: .6rem; padding: .05rem .5rem; white-space: nowrap; background: #e6eaef; }
.matched { background: #d6f0dc; } .new { background: #d8e8fb; } .ambiguous, .held { background: #fbe3d2; }
.suggested { background: #fbf3c8; } .ignored, .left_out { color: #5b6675; }
.small { color: #5b6675; font-size: .87rem; } ul { margin: .2rem 0; padding-left: 1.2rem; }
";

/// Text as HTML shows it, also inside quoted attributes.
pub(super) struct Escaped<'t>(pub(super) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // What would turn the writing direction of all that follows, or stands for nothing.
                '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    write!(f, "&lt;U+{:04X}&gt;", u32::from(c))?;
                }
                c if c.is_control() && c != '\n' => write!(f, "&lt;U+{:04X}&gt;", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn class(state: State) -> &'static str {
    match state {
        State::Matched => "matched",
        State::Suggested => "suggested",
        State::Ambiguous => "ambiguous",
        State::New => "new",
        State::Held => "held",
        State::Ignored => "ignored",
        State::LeftOut => "left_out",
    }
}

impl Report {
    /// The report as one HTML file.
    pub(crate) fn html(&self) -> String {
        let mut page = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_page(&mut page);
        page
    }

    fn write_page(&self, page: &mut String) -> fmt::Result {
        write!(
            page,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>Networks and devices</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<h1>Networks and devices</h1>\n\
             <p>Read from Datto Networking at {}; nothing was written there.",
            Escaped(&self.taken_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        )?;
        if self.as_manager_of.is_empty() {
            page.push_str(" All organisations are shown.</p>\n");
        } else {
            let only = self.as_manager_of.join(", ");
            writeln!(
                page,
                " Only what a manager of {} sees is shown.</p>",
                Escaped(&only)
            )?;
        }
        self.write_overview(page)?;
        self.write_networks(page)?;
        for organization in &self.organizations {
            write_organization(page, organization)?;
        }
        self.write_rest(page)?;
        page.push_str("</body>\n</html>\n");
        Ok(())
    }

    fn write_overview(&self, page: &mut String) -> fmt::Result {
        page.push_str("<h2>Organisations</h2>\n<table>\n<thead><tr><th>Organisation</th><th>Waiting</th><th>Devices</th>");
        for state in State::ALL {
            write!(page, "<th>{state}</th>")?;
        }
        page.push_str("</tr></thead>\n<tbody>\n");
        let mut waiting = 0;
        for row in &self.organizations {
            waiting += row.unmatched;
            write!(
                page,
                "<tr><td><a href=\"#{}\">{}</a></td><td class=\"n\">{}</td><td class=\"n\">{}</td>",
                Escaped(&anchor(row)),
                Escaped(&row.name),
                row.unmatched,
                row.counts.devices
            )?;
            for state in State::ALL {
                write!(page, "<td class=\"n\">{}</td>", row.counts.of(state))?;
            }
            page.push_str("</tr>\n");
        }
        let sum = self.sum();
        write!(
            page,
            "</tbody>\n<tfoot><tr><td>Together</td><td class=\"n\">{waiting}</td><td class=\"n\">{}</td>",
            sum.counts.devices
        )?;
        for state in State::ALL {
            write!(page, "<td class=\"n\">{}</td>", sum.counts.of(state))?;
        }
        page.push_str("</tr></tfoot>\n</table>\n");
        Ok(())
    }

    fn write_networks(&self, page: &mut String) -> fmt::Result {
        if self.networks.is_empty() {
            return Ok(());
        }
        page.push_str(
            "<h2>Networks without an organisation</h2>\n<table>\n<thead><tr><th>Network</th><th>State</th>\
             <th>Devices</th><th>Candidates</th></tr></thead>\n<tbody>\n",
        );
        for row in &self.networks {
            write!(
                page,
                "<tr><td>{} <span class=\"small\">{}</span></td><td>{}</td><td class=\"n\">{}</td><td>",
                Escaped(&row.name),
                Escaped(&row.id),
                row.state,
                row.devices
            )?;
            if let Some(name) = &row.new_name {
                write!(page, "{} is to be created", Escaped(name))?;
            }
            write_candidates(page, &row.candidates)?;
            page.push_str("</td></tr>\n");
        }
        page.push_str("</tbody>\n</table>\n");
        Ok(())
    }

    fn write_rest(&self, page: &mut String) -> fmt::Result {
        page.push_str("<h2>Kinds of devices</h2>\n<ul>\n");
        for kind in &self.kinds {
            writeln!(
                page,
                "<li>{}: {}</li>",
                Escaped(&kind.kind),
                Escaped(&kind.became)
            )?;
        }
        page.push_str("</ul>\n");
        if !self.unsupported.is_empty() {
            page.push_str("<h2>Not supported</h2>\n<ul>\n");
            for met in &self.unsupported {
                writeln!(
                    page,
                    "<li>{} {} ({}) in {}: {}</li>",
                    Escaped(&met.kind),
                    Escaped(&met.name),
                    Escaped(&met.id),
                    Escaped(&met.network),
                    Escaped(&met.why)
                )?;
            }
            page.push_str("</ul>\n");
        }
        if !self.remarks.is_empty() {
            page.push_str("<h2>Remarks</h2>\n<ul>\n");
            for remark in &self.remarks {
                writeln!(page, "<li>{}</li>", Escaped(remark))?;
            }
            page.push_str("</ul>\n");
        }
        Ok(())
    }
}

fn write_candidates(page: &mut String, candidates: &[Candidate]) -> fmt::Result {
    if candidates.is_empty() {
        return Ok(());
    }
    page.push_str("<ul>");
    for candidate in candidates {
        write!(
            page,
            "<li>{} <span class=\"small\">{}</span>: {}</li>",
            Escaped(&candidate.name),
            Escaped(&candidate.id),
            Escaped(&candidate.why)
        )?;
    }
    page.push_str("</ul>");
    Ok(())
}

/// The part of the page that is about an organisation.
fn anchor(row: &Organization) -> String {
    format!("organization-{}", row.id)
}

fn write_organization(page: &mut String, row: &Organization) -> fmt::Result {
    writeln!(
        page,
        "<h2 id=\"{}\">{} <span class=\"small\">{}</span></h2>",
        Escaped(&anchor(row)),
        Escaped(&row.name),
        Escaped(&row.id)
    )?;
    page.push_str("<ul>\n");
    for network in &row.networks {
        writeln!(
            page,
            "<li>network {} <span class=\"small\">{}</span>: {}</li>",
            Escaped(&network.name),
            Escaped(&network.id),
            Escaped(&network.why)
        )?;
    }
    page.push_str("</ul>\n");
    if !row.devices.is_empty() {
        page.push_str(
            "<table>\n<thead><tr><th>Device</th><th>State</th><th>Configuration</th><th>Why</th><th>Live</th>\
             </tr></thead>\n<tbody>\n",
        );
        for device in &row.devices {
            write_device(page, device)?;
        }
        page.push_str("</tbody>\n</table>\n");
    }
    if !row.without_device.is_empty() {
        page.push_str("<p class=\"small\">Configurations without a device here: ");
        for (place, known) in row.without_device.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(
                page,
                "{comma}{} ({})",
                Escaped(&known.name),
                Escaped(&known.id)
            )?;
        }
        page.push_str("</p>\n");
    }
    Ok(())
}

fn write_device(page: &mut String, device: &Device) -> fmt::Result {
    write!(
        page,
        "<tr><td>{}<br><span class=\"small\">{}, {}</span></td><td><span class=\"tag {}\">{}</span></td><td>",
        Escaped(&device.name),
        Escaped(&device.kind),
        Escaped(&device.id),
        class(device.state),
        device.state
    )?;
    if let Some(known) = &device.configuration {
        write!(
            page,
            "{} <span class=\"small\">{}</span>",
            Escaped(&known.name),
            Escaped(&known.id)
        )?;
    }
    for change in &device.changes {
        write!(
            page,
            "<br><span class=\"small\">{}</span>",
            Escaped(&change.to_string())
        )?;
    }
    write!(page, "</td><td>{}", Escaped(&device.why))?;
    write_candidates(page, &device.candidates)?;
    page.push_str("</td><td class=\"small\">");
    for (place, shown) in device.live.iter().enumerate() {
        let line = if place == 0 { "" } else { "<br>" };
        write!(
            page,
            "{line}{}: {}",
            Escaped(&shown.label),
            Escaped(&shown.value)
        )?;
    }
    page.push_str("</td></tr>\n");
    Ok(())
}
