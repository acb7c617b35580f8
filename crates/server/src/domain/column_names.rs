//! The usual names of columns, and the usual words for yes and no.

// Best first, as `plain` shows them.
pub(super) const PHONE: &[&str] = &[
    "phone",
    "phonenumber",
    "phoneno",
    "mobile",
    "mobilenumber",
    "mobileno",
    "mobilephone",
    "whatsappnumber",
    "whatsappno",
    "whatsappphone",
    "whatsapp",
    "msisdn",
    "contactnumber",
    "contactno",
    "cell",
    "cellphone",
    "telephone",
    "tel",
    "waid",
    "telefono",
    "celular",
    "telefone",
];
pub(super) const IDENTITY: &[&str] = &[
    "identity",
    "customerid",
    "userid",
    "clientid",
    "externalid",
    "profileid",
    "memberid",
    "id",
];
pub(super) const NAME: &[&str] = &["name", "fullname", "customername", "displayname"];
pub(super) const OPT_IN: &[&str] = &[
    "optin",
    "whatsappoptin",
    "msgwhatsapp",
    "optedin",
    "optinstatus",
    "consent",
    "whatsappconsent",
    "subscribed",
];

pub(super) const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "t",
    "1",
    "in",
    "optin",
    "optedin",
    "subscribed",
    "subscribe",
];
pub(super) const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "f",
    "0",
    "out",
    "optout",
    "optedout",
    "unsubscribed",
    "unsubscribe",
    "dnd",
];

/// Lower case, letters and digits only.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
