//! `[rules]` and `[[suppress]]`. Applies neither.

use jiff::civil::Date;

use super::mistakes::Mistake;
use super::reader::{Reader, filled};
use super::schema::LEVELS;
use super::section::{Section, Written};
use super::source::Spot;
use super::values;
use super::{LevelSetting, Severity, Suppression};

/// What the words in `schema::LEVELS` mean.
const SEVERITIES: [Option<Severity>; LEVELS.len()] = [None, Some(Severity::Note), Some(Severity::Warning), Some(Severity::Error)];

pub(super) fn read(root: Section<'_>, reader: &mut Reader<'_>) {
    for (rule, level) in root.pairs("rules") {
        let known = check_rule(&rule, reader);
        let Some(position) = reader.choice(&level, "level", &LEVELS) else { continue };
        if known {
            let setting = LevelSetting { rule: rule.text.into_owned(), level: SEVERITIES[position], place: reader.place(level.at) };
            reader.inventory.levels.push(setting);
        }
    }
    for section in root.sections("suppress") {
        if let Some(suppression) = suppression(section, reader) {
            reader.inventory.suppressions.push(suppression);
        }
    }
}

fn suppression(section: Section<'_>, reader: &mut Reader<'_>) -> Option<Suppression> {
    let rule = section.text("rule").filter(|rule| check_rule(rule, reader));
    let domain = section.text("domain").and_then(|text| reader.value(&text, values::glob));
    let view = section.text("view").map(|text| reader.view(&text));
    let reason = section.text("reason").and_then(|text| reader.value(&text, filled));
    let expires = day(section, "expires", reader);
    let rule = rule?;
    Some(Suppression {
        place: reader.place(rule.at),
        rule: rule.text.into_owned(),
        domain: domain?,
        view: view.map_or(Some(None), |known| known.map(Some))?,
        reason: reason?,
        expires: expires?,
    })
}

/// Whether a rule of that name exists; reported if not.
fn check_rule(rule: &Written<'_>, reader: &mut Reader<'_>) -> bool {
    let known = reader.context.rules;
    if known.is_empty() || known.contains(&rule.text.as_ref()) {
        return true;
    }
    let mistake = Mistake::new(rule.at, format!("unknown rule \"{}\"", rule.text), "no rule has this id");
    let help = match reader.nearest(&rule.text, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "`imctl explain` lists all rules".to_owned(),
    };
    reader.report(mistake.help(help));
    false
}

/// A TOML date, or a string that holds one.
pub(super) fn day(section: Section<'_>, key: &str, reader: &mut Reader<'_>) -> Option<Date> {
    if let Some(text) = section.text(key) {
        return reader.value(&text, values::day);
    }
    let (datetime, at) = section.datetime(key)?;
    let date = datetime.date.filter(|_| datetime.time.is_none() && datetime.offset.is_none());
    let date = date.and_then(|date| {
        Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
    });
    if date.is_none() {
        report_time_of_day(key, at, reader);
    }
    date
}

fn report_time_of_day(key: &str, at: Spot, reader: &mut Reader<'_>) {
    let mistake = Mistake::new(at, format!("`{key}` takes a day"), "a day without a time of day is meant");
    reader.report(mistake.help("write it as 2026-12-31").may_follow());
}
