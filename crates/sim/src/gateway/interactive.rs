//! Lists and reply buttons of session messages.

use serde::Deserialize;

use super::Refusal;
use crate::content::{Button, ButtonKind, Content, Menu, Row, Section};
use crate::params::Params;

#[derive(Deserialize)]
struct ListAction {
    button: String,
    sections: Vec<ListSection>,
}

#[derive(Deserialize)]
struct ListSection {
    #[serde(default)]
    title: String,
    rows: Vec<ListRow>,
}

#[derive(Deserialize)]
struct ListRow {
    id: String,
    title: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct ButtonAction {
    buttons: Vec<ReplyButton>,
}

#[derive(Deserialize)]
struct ReplyButton {
    reply: Reply,
}

#[derive(Deserialize)]
struct Reply {
    id: String,
    title: String,
}

/// Adds menu or buttons. The answer is a limit of WhatsApp that is broken: the gateway accepts, delivery fails.
pub(super) fn add(params: &Params, content: &mut Content) -> Result<Option<String>, Refusal> {
    let Some(kind) = params.get("interactive_type") else {
        return Ok(None);
    };
    let action = params.get("action").ok_or_else(|| Refusal::missing("action"))?;
    if content.body.is_empty() {
        return Err(Refusal::missing("msg"));
    }
    let wrong =
        |error: serde_json::Error| Refusal::invalid(format!("The parameter action is invalid: {error}."));
    match kind.to_ascii_lowercase().as_str() {
        "list" => {
            let action: ListAction = serde_json::from_str(action).map_err(wrong)?;
            let menu = menu(action);
            let problem = menu_problem(&menu);
            content.menu = Some(menu);
            Ok(problem)
        }
        "dr_button" => {
            let action: ButtonAction = serde_json::from_str(action).map_err(wrong)?;
            content.buttons = action
                .buttons
                .into_iter()
                .map(|b| Button {
                    kind: ButtonKind::Reply,
                    text: b.reply.title,
                    value: b.reply.id,
                })
                .collect();
            Ok(button_problem(&content.buttons))
        }
        _ => Err(Refusal::missing("interactive_type")),
    }
}

fn menu(action: ListAction) -> Menu {
    let row = |row: ListRow| Row {
        id: row.id,
        title: row.title,
        description: row.description,
    };
    let section = |s: ListSection| Section {
        title: s.title,
        rows: s.rows.into_iter().map(row).collect::<Vec<_>>(),
    };
    Menu {
        button: action.button,
        sections: action.sections.into_iter().map(section).collect(),
    }
}

fn menu_problem(menu: &Menu) -> Option<String> {
    let rows: Vec<&Row> = menu.sections.iter().flat_map(|s| &s.rows).collect();
    let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if rows.is_empty() || rows.len() > 10 {
        Some(format!("A list has 1 to 10 rows, this one has {}.", rows.len()))
    } else if ids.len() != rows.len() {
        Some("Two rows of the list have the same id.".into())
    } else if menu.sections.len() > 1 && menu.sections.iter().any(|s| s.title.is_empty()) {
        Some("Every section needs a title when there are several.".into())
    } else if longer(&menu.button, 20) {
        Some("The list's button is longer than 20 characters.".into())
    } else if rows
        .iter()
        .any(|row| row.title.is_empty() || longer(&row.title, 24))
    {
        Some("A row's title has 1 to 24 characters.".into())
    } else if rows.iter().any(|row| longer(&row.description, 72)) {
        Some("A row's description is longer than 72 characters.".into())
    } else {
        None
    }
}

fn button_problem(buttons: &[Button]) -> Option<String> {
    if buttons.is_empty() || buttons.len() > 3 {
        Some(format!(
            "A message has 1 to 3 reply buttons, this one has {}.",
            buttons.len()
        ))
    } else if buttons.iter().any(|b| b.text.is_empty() || longer(&b.text, 20)) {
        Some("A reply button's title has 1 to 20 characters.".into())
    } else {
        None
    }
}

fn longer(text: &str, limit: usize) -> bool {
    text.chars().count() > limit
}
