//! The form: a field a column, in the order in which the survey publishes them.
//!
//! Invariants
//! - Columns are found by their published name or by the field's name, in any order; columns that the form does not
//!   have are not read.

use std::error::Error;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{BorrowedStrDeserializer, Error as Unreadable, SeqDeserializer};

use super::answer::{Beds, Day, FiscalYear, FreeText, KindOfBeds, Moment, SurveyYear, Text};
use super::cell::Cell;
use super::choice::{Band, Consult, Copies, Frequency, Generations, Methods, Software, YesNo};
use super::code::{GmisId, InstitutionCode, MunicipalityCode, Prefecture};

macro_rules! form {
    ($($(#[$attribute:meta])* $field:ident: $answer:ty = $column:literal,)*) => {
        /// One hospital's answers.
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        pub struct Form<'a> {
            $($(#[$attribute])* pub $field: Cell<$answer>,)*
        }

        impl Form<'_> {
            /// What is to be told of the cells, in form order.
            pub fn told(&self) -> impl Iterator<Item = &'static str> {
                [$(self.$field.told),*].into_iter().flatten()
            }
        }

        /// Fields and their columns.
        const FIELDS: &[(&str, &str)] = &[$((stringify!($field), $column)),*];
    };
}

form! {
    survey_year: SurveyYear = "調査年",
    fiscal_year: FiscalYear = "調査年度",
    #[serde(borrow)] layout_version: Text<'a> = "様式の版",
    #[serde(borrow)] gmis_id: GmisId<'a> = "G-MIS ID",
    #[serde(borrow)] inst_code: InstitutionCode<'a> = "医療機関コード",
    #[serde(borrow)] facility_name: FreeText<'a> = "施設名",
    pref_code: Prefecture = "都道府県",
    #[serde(borrow)] muni_code: MunicipalityCode<'a> = "市区町村コード",
    answered_on: Day = "回答日",
    submitted_at: Moment = "提出日時",
    #[serde(borrow)] contact_name: Text<'a> = "担当者氏名",
    #[serde(borrow)] contact_dept: Text<'a> = "担当者部署",
    #[serde(borrow)] contact_tel: Text<'a> = "担当者電話番号",
    #[serde(borrow)] contact_mail: Text<'a> = "担当者メールアドレス",
    beds_total: Beds = "病床数",
    beds_general: KindOfBeds = "一般病床数",
    beds_ltc: KindOfBeds = "療養病床数",
    beds_psych: KindOfBeds = "精神病床数",
    beds_tb: KindOfBeds = "結核病床数",
    beds_infect: KindOfBeds = "感染症病床数",
    band: Band = "病床数区分",
    q01_manager: YesNo = "問1_安全管理責任者の設置",
    q02_contacts: YesNo = "問2_連絡先の把握",
    q03_consult: Consult = "問3_相談先",
    #[serde(borrow)] q03_other_text: FreeText<'a> = "問3_その他の相談先",
    q04_ehr: YesNo = "問4_電子カルテ使用",
    q05_rules: YesNo = "問5_情報管理規程",
    q06_roles: YesNo = "問6_役割分担",
    q07_network: YesNo = "問7_ネットワーク構成",
    q08_alerts: YesNo = "問8_注意喚起・脆弱性情報",
    q09_software: Software = "問9_不要ソフトウェア停止",
    q10_mds: YesNo = "問10_MDS/SDS",
    q11_backup: YesNo = "問11_バックアップ作成",
    q12_frequency: Frequency = "問12_更新頻度",
    q13_copies: Copies = "問13_作成個数",
    q14_methods: Methods = "問14_方式の種類数",
    q15_generations: Generations = "問15_世代管理",
    q16_offline: YesNo = "問16_オフライン保管",
    q17_bcp: YesNo = "問17_BCP策定",
    q18_drill: YesNo = "問18_BCP訓練",
    #[serde(borrow)] notes: FreeText<'a> = "備考",
}

/// Columns without which a file is not this survey's: the key, the beds and the questions.
fn is_mandatory(field: &str) -> bool {
    matches!(field, "gmis_id" | "beds_total") || (field.starts_with('q') && field != "q03_other_text")
}

/// Where the fields stand in a row.
#[derive(Debug, Default)]
pub struct Columns {
    /// Cells of a row.
    pub width: usize,
    /// The place of each field; of one that the file does not have, a place behind the row.
    places: Vec<usize>,
}

impl Columns {
    /// By the names in the header.
    pub fn find(header: &csv::StringRecord) -> Result<Self, Box<dyn Error>> {
        let mut places = Vec::with_capacity(FIELDS.len());
        for (field, column) in FIELDS {
            let place = header.iter().position(|name| name.trim() == *column || name.trim() == *field);
            if place.is_none() && is_mandatory(field) {
                return Err(format!("the column {column} is missing").into());
            }
            places.push(place.unwrap_or(usize::MAX));
        }
        Ok(Self { width: header.len(), places })
    }

    /// The form in a row.
    pub fn form<'r>(&self, row: &'r csv::StringRecord) -> Result<Form<'r>, Unreadable> {
        let cells = self.places.iter().map(|place| RowCell(row.get(*place).unwrap_or("")));
        Form::deserialize(SeqDeserializer::new(cells))
    }
}

/// A cell of a row, handed over as it stands.
struct RowCell<'r>(&'r str);

impl<'r> IntoDeserializer<'r, Unreadable> for RowCell<'r> {
    type Deserializer = BorrowedStrDeserializer<'r, Unreadable>;

    fn into_deserializer(self) -> Self::Deserializer {
        BorrowedStrDeserializer::new(self.0)
    }
}
