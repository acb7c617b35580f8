//! Texts: templates with what fills them, and the words of consent.

use std::collections::BTreeMap;

use harkara::domain::consent::{Intent, Words};
use harkara::domain::template::{
    Frozen, Mapping, TemplateContent, compose, draft, fallbacks, fill, mapping_problems, problems, realign,
    unmapped,
};
use harkara_provider::Category;
use harkara_provider::wire::rules;
use serde::Deserialize;

use super::{Target, text};

/// What the template target reads.
#[derive(Deserialize)]
struct Given {
    content: TemplateContent,
    #[serde(default)]
    mapping: Mapping,
    #[serde(default)]
    person: BTreeMap<String, String>,
    /// A later form of the same template.
    #[serde(default)]
    later: Option<TemplateContent>,
}

fn intent(said: &str, opt_out: &[String], opt_in: &[String]) -> Option<Intent> {
    Words::new(opt_out, opt_in).intent(said)
}

/// The target of templates.
pub fn template() -> Target {
    let seeds = [
        r#"{"content":{"body":"Hello {{1}}, your order {{2}} is there. {{1}}!"},"mapping":{"body":[{"from":"attribute","name":"name","default":"friend"},{"from":"text","text":"17"}]},"person":{"name":"Asha"},"later":{"body":"{{2}} for {{1}} and {{3}}"}}"#,
        r#"{"content":{"header":{"type":"text","text":"Hi {{1}}"},"body":"Hello {{first_name}}","footer":"Bye","buttons":[{"type":"url","text":"Open","url":"https://x.example/{{1}}"},{"type":"quick_reply","text":"Stop"}]},"mapping":{"header":{"from":"text","text":"you"},"body":[{"from":"attribute","name":"n","default":"x"}],"buttons":{"0":{"from":"attribute","name":"code","default":"a b"},"1":{"from":"text","text":"p"}}},"person":{"n":"A\n\nB     C","code":"{{1}}"}}"#,
        r#"{"content":{"header":{"type":"location"},"body":"b"},"mapping":{"location":{"latitude":{"from":"text","text":"18.5"},"longitude":{"from":"attribute","name":"l","default":"-73"},"name":{"from":"text","text":"Shop"}}},"person":{"l":"NaN"}}"#,
        r#"{"content":{"header":{"type":"document"},"body":"b","buttons":[{"type":"copy_code","text":"Copy"},{"type":"phone","text":"Call","phone":"+919999900001"}]},"mapping":{"header":{"from":"text","text":"https://x.example/a.pdf"},"header_filename":{"from":"attribute","name":"f","default":"a.pdf"},"buttons":{"0":{"from":"attribute","name":"c","default":"SAVE20"}}},"person":{"c":"1234567890123456"}}"#,
        r#"{"content":{"header":{"type":"image"},"body":"{{{1}}} {{}} {{ 1 }} {{a{{b}}"},"mapping":{"header":{"from":"attribute","name":"pic","default":"https://x.example/p.png"}},"person":{"pic":"https://x.example/a b.png"}}"#,
        r#"{"content":{"header":{"type":"video"},"body":"Hello {{1}}, the sale is on today.","offer":{"text":"Half price","has_expiration":true},"buttons":[{"type":"copy_code","text":""}]},"mapping":{"header":{"from":"text","text":"https://x.example/v.mp4"},"body":[{"from":"attribute","name":"n","default":"you"}],"buttons":{"0":{"from":"text","text":"HALF"}},"offer_ends":{"from":"attribute","name":"e","default":"2026-12-24T18:00:00+05:30"},"custom":{"a/b":{"from":"text","text":"17"}}},"person":{"e":"1798117200000"}}"#,
        r#"{"content":{"body":"Look at the new things.","cards":[{"header":{"type":"image"},"body":"Hats for {{1}}","buttons":[{"type":"url","text":"See","url":"https://x.example/{{1}}"}]},{"header":{"type":"image"},"body":"Shoes","buttons":[{"type":"url","text":"See","url":"https://x.example/s"}]}]},"mapping":{"cards":[{"header":{"from":"text","text":"https://x.example/h.png"},"body":[{"from":"attribute","name":"n","default":"you"}],"buttons":{"0":{"from":"attribute","name":"h","default":"hats"}}},{"header":{"from":"attribute","name":"p","default":"https://x.example/s.png"}}]},"person":{"h":"a b"},"later":{"body":"b","cards":[{"header":{"type":"video"},"body":"{{1}} {{2}}"}]}}"#,
    ];
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let words = [
        "{{1}}",
        "{{",
        "}}",
        "{{name}}",
        "\"body\":",
        "\"from\":\"attribute\"",
        "\"from\":\"text\",\"text\":",
        "\"default\":",
        "\"buttons\":[",
        "\"type\":\"url\"",
        "https://",
        "\\u200b",
        "\\n",
        "     ",
        "\"person\":{",
        "\"offer\":{\"text\":",
        "\"cards\":[{",
        "\"custom\":{",
        "\\u0000",
        "\\u2028",
        "\u{a0}",
    ];
    Target::new("template", check_template, seeds, &words)
}

fn check_template(data: &[u8]) {
    let Ok(given) = serde_json::from_slice::<Given>(data) else {
        return;
    };
    let Given {
        content,
        mapping,
        person,
        later,
    } = given;
    let is_good =
        problems("name", "en", &content).is_empty() && mapping_problems(&content, &mapping).is_empty();
    drop(unmapped(&content, &mapping));
    drop(draft("name", "en", Category::Utility, &content, &mapping));
    let frozen = |content: &TemplateContent, mapping: &Mapping| Frozen {
        name: "name".into(),
        language: "en".into(),
        provider_template_id: None,
        content: content.clone(),
        mapping: mapping.clone(),
    };
    let template = frozen(&content, &mapping);
    match fill(&template, &|name| person.get(name).cloned()) {
        Ok((values, message)) => {
            assert_eq!(compose(&template, &values).as_ref(), Ok(&message));
            assert!(message.body.chars().count() <= rules::BODY);
            for value in &message.parameters {
                assert_eq!(
                    rules::clean_parameter(value).as_ref(),
                    Some(value),
                    "a value as WhatsApp takes it"
                );
            }
            if is_good {
                assert_eq!(
                    rules::template(&message),
                    Ok(()),
                    "what was accepted here can be sent"
                );
            }
            let more = [values, vec!["x".into()]].concat();
            assert!(compose(&template, &more).is_err(), "a value too many");
        }
        Err(missing) => assert!(!missing.why.is_empty() && !missing.placeholder.is_empty()),
    }
    if is_good {
        // Nobody knows anything about this person; that is what the defaults are for.
        assert!(compose(&frozen(&content, &fallbacks(&mapping)), &[]).is_ok());
        assert!(fill(&template, &|_| None).is_ok());
    }
    if let Some(later) = later {
        let carried = realign(&content, &later, &mapping);
        assert_eq!(
            realign(&later, &later, &carried),
            carried,
            "carried over to itself"
        );
    }
}

/// The target of opt-out words: what was said, then a word on each line.
pub fn words() -> Target {
    let seeds = [
        "STOP\nstop\nunsubscribe",
        "  Stop!! 🙏 \nSTOP",
        "बंद करो।\nबंद करो",
        "ｓｔｏｐ\nstop",
        "I\u{307}PTAL\nİptal\niptal",
        "s.t.o.p\ns t o p",
        "caf\u{e9}\ncafe\u{301}",
        "நிறுத்து\nநிறுத்து",
        "please stop it\nstop",
    ];
    let seeds = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let words = [
        "stop", "\u{200d}", "\u{fe0f}", "\u{301}", "\u{94d}", "!", "İ", "ß", "ﬀ", "\u{feff}", "Σ", "ς",
    ];
    Target::new("words", check_words, seeds, &words)
}

fn check_words(data: &[u8]) {
    let plain = text(data);
    let (said, words) = plain.split_once('\n').unwrap_or((&plain, ""));
    let words: Vec<String> = words.lines().map(str::to_owned).collect();
    let heard = intent(said, &words, &[]);
    assert_ne!(heard, Some(Intent::OptIn), "nobody listed an opt-in word");
    let both = intent(said, &words, &words);
    assert_eq!(both, heard, "a word in both lists opts out");
    let is_in = intent(said, &[], &words).is_some();
    assert_eq!(is_in, heard.is_some(), "both lists are read alike");
    let fits = said.len() <= 150;
    for around in [
        format!(" {said} "),
        format!("{said}!"),
        format!("\n*{said}*..."),
        format!("{said} 🙏"),
    ] {
        let same = intent(&around, &words, &[]);
        assert!(!fits || same == heard, "{said:?} and {around:?}");
    }
    for word in &words {
        let matches = intent(said, std::slice::from_ref(word), &[]).is_some();
        let turned = intent(word, &[said.to_owned()], &[]).is_some();
        assert!(
            word.len() > 200 || said.len() > 200 || matches == turned,
            "{said:?} and {word:?}"
        );
        // Every word that says anything is heard when it is said.
        let is_heard = intent(word, std::slice::from_ref(word), &[]).is_some();
        let has_letters = word.chars().any(char::is_alphanumeric);
        assert!(
            word.len() > 200 || !has_letters || is_heard,
            "{word:?} is never heard"
        );
    }
}
