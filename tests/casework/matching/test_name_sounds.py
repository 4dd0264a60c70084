"""How names in three scripts sound: written by ear, by origin, in French-style and English-style letters."""

import pytest

from thangdee.casework.matching.likeness import likeness
from thangdee.casework.matching.sound import sound_of

# One name a line, as it is written in Lao, in Thai and in Latin letters.
_NAMES = """
ບຸນມີ บุญมี Bounmy Boonmee Bunmi
ສົມສັກ สมศักดิ์ Somsak Somsack
ແກ້ວ แก้ว Keo Kaew
ວົງສາ วงษา วงศา Vongsa Wongsa
ພົມມະຈັນ พรหมจันทร์ พมมะจัน Phommachanh Phommachan
ໄຊຍະວົງ ไชยวงศ์ ไซยะวง Xayavong Chaiwong
ຫຼ້າ หล้า La Lah
ຄຳ คำ Kham Kam
ຕຸກຕາ ตุ๊กตา Toukta Tukta Tookta
ນ້ອຍ น้อย Noy Noi
ເພັດ เพชร Phet Petch Phetch
ຈັນທອນ จันทร Chanthone Janthorn
ສຸພາພອນ สุภาพร Souphaphone Supaporn
ສຸວັນນາ สุวรรณา Souvanna Suwanna
ທອງດຳ ทองดำ Thongdam Tongdum
ດາວ ดาว Dao
ເກສອນ เกสร Kesone Keson
ແສງມະນີ แสงมณี Sengmany Saengmanee
ພູວົງ ภูวงศ์ Phouvong Poowong
ສີສະຫວັດ ศรีสวัสดิ์ Sisavath Srisawat
ອິນທະວົງ อินทวงศ์ Inthavong
ຈະເລີນ เจริญ Chaleun Charoen
ລັດຕະນາ รัตนา Rattana Lattana
ເຮືອງ เรือง Heuang Rueang
ຂວັນໃຈ ขวัญใจ Khouanchai Kwanjai
ຍາດ ญาติ Nhat Yat
ງາມ งาม Ngam
ພິມພາ พิมพา Phimpha Pimpa
ວິໄລ วิไล Vilay Wilai
ສອນ สอน Sone Sorn
ບົວ บัว Boua Bua
ບົວລະວົງ บัวละวง Boualavong
ເອື້ອຍ เอื้อย Euay
ດວງໃຈ ดวงใจ Douangchai Duangjai
ສົມພອນ สมพร Somphone Somporn
ຄຳຫຼ້າ คำหล้า Khamla
ພອນສະຫວັນ พรสวรรค์ Phonsavanh
ວັນນາ วรรณา Vanna Wanna
ສີວິໄລ ศรีวิไล Sivilay
ຊົ່ງ ซ่ง Xiong Song
ຢ່າງ หย่าง Yang
ມະນີວອນ มณีวร Manivone Maneeworn
ໄພວັນ ไพวัลย์ Phayvanh Paiwan
ປະສິດ ประสิทธิ์ Pasith Prasit
ຈັນສະໝອນ จันสมร Chansamone
ນິດ นิด Nith Nit Nid
ໂອ໋ ໂອ้ โอ๋ O Oh
ແອັດ แอ็ด Aet
ເມ เม Mae
ອ້ອຍ อ้อย Oy Oi Aoy
ແຕງ แตง Teng Taeng
ເດືອນ เดือน Deuane Duean
ຈອຍ จอย Joy Choy
ບີ บีee
ປາກເຊ ปากเซ Pakse Pakxe
ໜອງບົກ หนองบก Nongbok
ຫ້ວຍຊາຍ ห้วยทราย Houayxay
ສຸລິຍາ สุริยา Souliya Suriya
ສັນຕິ สันติ Santi
ສຸດາ สุดา Souda Suda
ສະຫວັນນະເຂດ สุวรรณเขต Savannakhet
ພັດທະນາ พัฒนา Phatthana
ໄກສອນ ไกสร Kaysone
ສີສົມພອນ ศรีสมพร Sisomphone
ທິດາລັດ ธิดารัตน์ Thidalath Thidarat
ວາສະໜາ วาสนา Vassana
ບຸດສະບາ บุษบา Boutsaba
ອຸດົມ อุดม Oudom Udom
ຖາວອນ ถาวร Thavone Thaworn
ພອນທິບ พรทิพย์ Phonethip Porntip
ສະຫງ່າ สง่า Sanga
ລຳພູນ ลำพูน Lamphoune
ຮັກ รัก Hak Rak
ຮຸ່ງ รุ่ง Houng Rung
ເຮືອງສີ เรืองศรี Heuangsy
ໄຊສົມບູນ ไชยสมบูรณ์ Xaysomboun
ພັນທະວົງ พันธวงศ์ Phanthavong
ສິດທິໄຊ สิทธิชัย Sithixay Sittichai
ຍຸພິນ ยุพิน Youphin
ແພງ แพง Pheng
ອານົງ อานง Anong
ພູທອນ ภูธร Phouthone
ຫຼວງລາດ หลวงราช Luanglath
"""
NAMES = _NAMES.strip().splitlines()
SAME = [(line.split()[0], other) for line in NAMES for other in line.split()[1:]]
LAO, THAI = [line.split()[0] for line in NAMES], [line.split()[1] for line in NAMES]
OTHERS = [(one, THAI[(at + step) % len(THAI)]) for at, one in enumerate(LAO) for step in (7, 41)]
NEARLY = (
    """
ນ້ອຍ ออย|ແກ້ວ แกะ|ດາວ ดำ|ຄຳ คำหล้า|ບຸນມີ บุญมา|ສົມສັກ สมศรี|ວົງສາ วงคำ|ພົມມະຈັນ พรหมมา|ຕຸກ ตา|ນິດ นก|ແດງ ดวง
ສຸດາ สุนี|ວັນນາ วันดี|ພອນ พิม|ຈອຍ จิ๋ม|ລາວັນ ละออ|ທອງດຳ ทองดี|ສອນ แสง|ມະນີ มะลิ
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize(("lao", "other"), SAME)
def test_one_name_sounds_alike_in_every_script(lao: str, other: str) -> None:
    assert likeness(sound_of(lao), sound_of(other)) >= 0.82


@pytest.mark.parametrize(("lao", "other"), OTHERS)
def test_other_names_do_not_sound_alike(lao: str, other: str) -> None:
    assert likeness(sound_of(lao), sound_of(other)) < 0.78


@pytest.mark.parametrize("pair", NEARLY)
def test_names_that_share_a_part_are_told_apart(pair: str) -> None:
    one, other = pair.split()

    assert likeness(sound_of(one), sound_of(other)) < 0.88


def test_the_same_sound_is_one_and_nothing_is_nought() -> None:
    assert likeness(sound_of("ນ້ອຍ"), sound_of("น้อย")) == 1.0
    assert likeness("", "") == likeness(sound_of("17"), sound_of("ນ້ອຍ")) == 0.0
