/* sample_model.c -- what the agencies of the sample are like. */
#include "collector/sample.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "collector/parse_value.h"

enum { YEAR_2019 = 6940, DAYS_OF_SEVEN_YEARS = 2557 };

uint64_t sample_hash(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15u + a * 0xbf58476d1ce4e5b9u +
		     b * 0x94d049bb133111ebu + c * 0xd6e8feb86659fd93u;

	/* splitmix64 */
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x ^= x >> 31;
	x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
	return x ^ x >> 32;
}

double sample_chance(uint64_t hash)
{
	return (double)(hash >> 11) / 9007199254740992.0;
}

static const struct {
	const char *sector, *name;
	int days, enterprises;
} province_work[] = {
	{ "Hộ tịch", "Đăng ký khai sinh", 3, 0 },
	{ "Chứng thực", "Chứng thực bản sao từ bản chính", 1, 15 },
	{ "Đất đai", "Đăng ký biến động quyền sử dụng đất", 20, 10 },
	{ "Doanh nghiệp", "Đăng ký thành lập doanh nghiệp", 3, 100 },
	{ "Lý lịch tư pháp", "Cấp phiếu lý lịch tư pháp số 1", 10, 0 },
	{ "Bảo trợ xã hội", "Trợ cấp xã hội hằng tháng", 22, 0 },
	{ "Giao thông", "Đổi giấy phép lái xe", 5, 0 },
	{ "Xây dựng", "Cấp giấy phép xây dựng nhà ở riêng lẻ", 15, 20 },
	{ "Y tế", "Cấp chứng chỉ hành nghề khám bệnh, chữa bệnh", 30, 5 },
	{ "Giáo dục", "Chuyển trường đối với học sinh phổ thông", 5, 0 },
	{ "Lao động", "Đăng ký nội quy lao động", 7, 100 },
	{ "Môi trường", "Đăng ký môi trường", 15, 90 },
	{ "Đầu tư", "Cấp giấy chứng nhận đăng ký đầu tư", 15, 100 },
	{ "Nông nghiệp", "Cấp giấy chứng nhận an toàn thực phẩm", 15, 70 },
	{ "Văn hóa", "Cấp giấy phép quảng cáo ngoài trời", 10, 80 },
	{ "Hộ tịch", "Đăng ký kết hôn", 3, 0 },
	{ "Đất đai", "Cấp giấy chứng nhận quyền sử dụng đất lần đầu", 30, 10 },
	{ "Người có công", "Trợ cấp mai táng phí", 10, 0 },
	{ "Công thương", "Cấp giấy phép bán lẻ thuốc lá", 10, 90 },
	{ "Hộ tịch", "Cấp giấy xác nhận tình trạng hôn nhân", 3, 0 },
}, central_work[] = {
	{ "Cấp phép", "Cấp giấy phép hoạt động chuyên ngành", 20, 90 },
	{ "Chứng chỉ", "Cấp chứng chỉ hành nghề", 20, 10 },
	{ "Xuất nhập khẩu", "Cấp giấy phép nhập khẩu", 7, 100 },
	{ "Đăng ký", "Đăng ký lưu hành sản phẩm", 45, 100 },
	{ "Kiểm tra", "Kiểm tra nhà nước về chất lượng", 5, 100 },
	{ "Hợp pháp hóa", "Xác nhận giấy tờ sử dụng ở nước ngoài", 3, 30 },
	{ "Công nhận", "Công nhận văn bằng", 20, 0 },
	{ "Khai báo", "Khai báo hóa chất nhập khẩu", 1, 100 },
	{ "Cấp phép", "Gia hạn giấy phép hoạt động", 15, 90 },
	{ "Chứng nhận", "Cấp giấy chứng nhận xuất xứ", 1, 100 },
};

enum {
	PROVINCE_WORK = sizeof province_work / sizeof *province_work,
	CENTRAL_WORK = sizeof central_work / sizeof *central_work,
};

/* Provinces share the national codes of the same work; a ministry has its own. */
static void choose_procedure(struct sample_procedure *procedure, int agency, int index,
			     uint64_t seed)
{
	if (sample_agencies[agency].is_province) {
		uint64_t skip = sample_hash(seed, 101, (uint64_t)agency, 0) % 4;
		int work = index < 10 ? index : (index + (int)skip) % PROVINCE_WORK;

		procedure->sector = province_work[work].sector;
		procedure->name = province_work[work].name;
		procedure->days = province_work[work].days;
		procedure->enterprises = province_work[work].enterprises;
		snprintf(procedure->code, sizeof procedure->code, "1.%06d",
			 1193 + 437 * work);
	} else {
		const char *code = sample_agencies[agency].code;
		uint64_t own = 0;
		int work = index % CENTRAL_WORK;

		/* The same for a ministry before and after a merger. */
		for (; *code; code++)
			own = own * 31 + (unsigned char)*code;
		procedure->sector = central_work[work].sector;
		procedure->name = central_work[work].name;
		procedure->days = central_work[work].days;
		procedure->enterprises = central_work[work].enterprises;
		snprintf(procedure->code, sizeof procedure->code, "2.%06d",
			 (int)(own % 900) * 1000 + 100 + 17 * index);
	}
}

void sample_character(struct sample_character *character, int agency, uint64_t seed)
{
	const struct sample_agency *row = &sample_agencies[agency];
	uint64_t who = (uint64_t)agency;
	double eager = sample_chance(sample_hash(seed, 1, who, 0));
	double kind = sample_chance(sample_hash(seed, 2, who, 0));

	*character = (struct sample_character){ 0 };
	character->online_at_first = 0.015 + 0.13 * eager * eager;
	character->online_at_last =
		0.40 +
		0.42 * (0.6 * eager + 0.4 * sample_chance(sample_hash(seed, 3, who, 0)));
	character->one_stop = kind < 0.35 ? 1.0 : 0.93 + 0.0699 * kind;
	character->one_stop_missing = kind > 0.90;
	character->late = 0.01 + 0.10 * sample_chance(sample_hash(seed, 4, who, 0));
	character->satisfied = 0.78 + 0.2 * sample_chance(sample_hash(seed, 5, who, 0));
	character->level4_at_first = 0.04 + 0.12 * eager;
	character->level4_at_last = 0.55 + 0.4 * eager;
	if (parse_date(&character->first, row->first_day, strlen(row->first_day)) ||
	    parse_date(&character->last, row->last_day, strlen(row->last_day)))
		BUG("sample agency %s", row->code);
	for (int i = 0; i < SAMPLE_PROCEDURES; i++)
		choose_procedure(&character->procedures[i], agency, i, seed);
}

/* 0 at the beginning of 2019, 1 seven years later. */
static double progress(int32_t day)
{
	double at = (double)(day - YEAR_2019) / DAYS_OF_SEVEN_YEARS;

	return at < 0 ? 0 : at > 1.2 ? 1.2 : at;
}

double sample_online_share(const struct sample_character *character, int32_t day)
{
	double share = character->online_at_first +
		       (character->online_at_last - character->online_at_first) *
			       pow(progress(day), 0.9);

	return share > 0.97 ? 0.97 : share;
}

double sample_level4_share(const struct sample_character *character, int32_t day)
{
	return character->level4_at_first +
	       (character->level4_at_last - character->level4_at_first) *
		       pow(progress(day), 0.7);
}

double sample_turn(int agency, int index, uint64_t seed)
{
	return sample_chance(sample_hash(seed, 6, (uint64_t)agency, (uint64_t)index));
}

int sample_level(double level4_share, double turn)
{
	if (turn < level4_share)
		return 4;
	if (turn < level4_share + 0.25)
		return 3;
	return turn < 0.96 ? 2 : 1;
}

double sample_busyness(int32_t day)
{
	/* The first days of the lunar years 2019 to 2028. */
	static const char *const new_years[] = { "2019-02-05", "2020-01-25", "2021-02-12",
						 "2022-02-01", "2023-01-22", "2024-02-10",
						 "2025-01-29", "2026-02-17", "2027-02-06",
						 "2028-01-26" };
	/* Monday to Sunday; 2000-01-01 was a Saturday. */
	static const double week[] = { 1.25, 1.15, 1.05, 1.0, 0.95, 0.18, 0.02 };
	static const char *const holidays[] = { "-01-01", "-04-30", "-05-01", "-09-02" };
	double busy = (0.8 + progress(day)) * week[((day + 5) % 7 + 7) % 7];
	char date[16];
	int32_t first;

	print_day(day, date);
	for (int i = 0; i < 4; i++)
		if (strcmp(date + 4, holidays[i]) == 0)
			busy *= 0.02;
	for (size_t i = 0; i < sizeof new_years / sizeof *new_years; i++) {
		if (parse_date(&first, new_years[i], 10))
			BUG("not a date: %s", new_years[i]);
		if (day >= first - 2 && day <= first + 4)
			busy *= 0.01;
		else if (day >= first - 12 && day < first - 2)
			busy *= 0.75;
	}
	if (memcmp(date + 5, "06", 2) >= 0 && memcmp(date + 5, "08", 2) <= 0)
		busy *= 1.15; /* school admissions */
	if (memcmp(date, "2020-04", 7) == 0)
		busy *= 0.55; /* the first epidemic closure */
	return busy;
}
