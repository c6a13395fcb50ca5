-- 07_holidays.sql -- public holidays of the Labour Code 2019 (Law 45/2019/QH14), article 112:
-- those on fixed days of the solar calendar.  From 2021 on National Day has two; which is
-- the second (the day before or after) is fixed each year, so it is not here, and neither
-- are the lunar ones (Tet, Hung Kings) and days in lieu: the office adds these from the
-- yearly announcement (`nq17 holiday add`), each with its source.
-- None was checked against the printed text of the law: verified = false.
INSERT INTO holiday (day, name_vi, name_en, verified, source)
SELECT make_date(y, h.month, h.day), h.name_vi, h.name_en, false,
       'Bộ luật Lao động 2019, Điều 112 khoản 1 (unverified)'
  FROM generate_series(2019, 2035) y,
       (VALUES (1, 1, 'Tết Dương lịch', 'New Year''s Day'),
               (4, 30, 'Ngày Chiến thắng', 'Victory Day'),
               (5, 1, 'Ngày Quốc tế lao động', 'International Labour Day'),
               (9, 2, 'Quốc khánh', 'National Day')) h(month, day, name_vi, name_en)
ON CONFLICT (day) DO NOTHING;
