"""What certificates, scopes and items are called on an office's papers and pages."""

from issuing_center.counter.card_attributes import Attribute
from issuing_center.wire import ItemName, Kind, Scope

KINDS = {
    Kind.JUMINHYO: "住民票の写し",
    Kind.KISAIJIKO: "住民票記載事項証明書",
    Kind.INKAN: "印鑑登録証明書",
    Kind.KAZEI: "課税（非課税）証明書",
    Kind.SHOTOKU: "所得証明書",
    Kind.NOZEI: "納税証明書",
    Kind.KOSEKI_ZENBU: "戸籍全部事項証明書",
    Kind.KOSEKI_KOJIN: "戸籍個人事項証明書",
    Kind.FUHYO: "戸籍の附票の写し",
    Kind.RISAI: "罹災証明書",
}

SCOPES = {
    Scope.SELF: "本人",
    Scope.HOUSEHOLD: "世帯全員",
    Scope.SOME: "一部の者",
    Scope.WHOLE: "全員",
    Scope.ONE: "一人",
}

ITEMS = {
    ItemName.HEAD_AND_RELATION: "世帯主・続柄",
    ItemName.DOMICILE: "本籍・筆頭者",
    ItemName.MY_NUMBER: "個人番号",
    ItemName.FOREIGN_STATUS: "国籍・在留資格等",
    ItemName.OVERSEAS_VOTING: "在外選挙人名簿等への登録",
}

ATTRIBUTES = {
    Attribute.NAME: "氏名",
    Attribute.ADDRESS: "住所",
    Attribute.BIRTH_DATE: "生年月日",
    Attribute.SEX: "性別",
}
