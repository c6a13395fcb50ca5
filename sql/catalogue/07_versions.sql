-- 07_versions.sql -- the first version of every definition, the readings beside it, whose
-- figures are added up, and where official figures can be compared.

INSERT INTO definition (slug, version, definition_vi, definition_en)
SELECT slug, 1, definition_vi, definition_en FROM indicator
ON CONFLICT (slug, version) DO UPDATE SET
  (definition_vi, definition_en) = (excluded.definition_vi, excluded.definition_en);

INSERT INTO variant (slug, name, replaces, ordinal, name_vi, name_en, definition_vi, definition_en)
VALUES
  ('online-filing', 'ministry-formula', 'all', 1,
   'Công thức Bộ TTTT công bố', 'The ministry''s published formula',
   'Hồ sơ nộp trực tuyến trong kỳ, trên tổng số hồ sơ giải quyết trong kỳ. Hai tập hồ sơ khác nhau nên có thể vượt 100%.',
   'Dossiers filed online in the period, out of all dossiers settled in the period. Two different sets of dossiers, so it may exceed 100%.'),
  ('online-filing', 'with-withdrawn', 'all', 2,
   'Tính cả hồ sơ rút', 'With withdrawn dossiers',
   'Như thông thường, tính thêm hồ sơ rút hoặc trả lại mà biểu II.06a coi là đã giải quyết, theo ngày kết thúc.',
   'As usual, and the withdrawn or returned dossiers that form II.06a counts as settled, by the day they ended.'),
  ('level4-services', 'level34-only', 'all', 1,
   'Chỉ trên dịch vụ mức độ 3, 4', 'Over level 3-4 services only',
   'Dịch vụ công mức độ 4 (toàn trình), trên tổng số dịch vụ mức độ 3, 4 (một phần, toàn trình) có hiệu lực ngày cuối kỳ.',
   'Services at level 4 (full-process), out of the services at level 3 or 4 (partial, full) in force on the last day of the period.'),
  ('form-autofill', 'by-submissions', 'all', 1,
   'Tính theo lượt nộp', 'By submissions',
   'Mỗi biểu mẫu tính theo số hồ sơ nộp trực tuyến đã giải quyết trong kỳ của dịch vụ đó.',
   'Each form weighs as much as the dossiers filed online with it that were settled in the period.'),
  ('business-registry', 'for-enterprises', 'all', 1,
   'Chỉ dịch vụ cho doanh nghiệp', 'Services for enterprises only',
   'Dịch vụ mức độ 3, 4 dành cho doanh nghiệp có dùng dữ liệu đăng ký doanh nghiệp, trên tổng số dịch vụ mức độ 3, 4 dành cho doanh nghiệp hoặc chưa rõ.',
   'Level 3-4 services open to enterprises that use the business registry, out of the level 3-4 services that are, or may be, open to them.'),
  ('asean-rank', 'ten-countries', 'all', 1,
   'So với 10 nước', 'Among ten countries',
   'Vị trí của Việt Nam trong 10 nước, không có Ti-mo Lét-xtê.',
   'Viet Nam''s position among ten countries, without Timor-Leste.')
ON CONFLICT (slug, name) DO UPDATE SET
  (replaces, ordinal, name_vi, name_en, definition_vi, definition_en)
  = (excluded.replaces, excluded.ordinal, excluded.name_vi, excluded.name_en,
     excluded.definition_vi, excluded.definition_en);

-- The nation's number over distinct procedures (DOMAIN 2.5).
INSERT INTO variant (slug, name, replaces, ordinal, name_vi, name_en, definition_vi, definition_en)
SELECT slug, 'distinct-codes', 'nation', 9, 'Theo mã thủ tục', 'By distinct procedure code',
       'Cả nước đếm mỗi mã thủ tục trung ương một lần; một mã đạt nếu ít nhất một cơ quan đạt.'
       || CASE WHEN slug = 'form-autofill'
               THEN ' Mỗi mã lấy biểu mẫu nhiều trường nhất.' ELSE '' END,
       'The nation counts each central procedure code once; a code has the attribute if at least one agency''s service has it.'
       || CASE WHEN slug = 'form-autofill'
               THEN ' Of each code the form with the most fields counts.' ELSE '' END
  FROM indicator WHERE kind = 'service'
ON CONFLICT (slug, name) DO UPDATE SET
  (replaces, ordinal, name_vi, name_en, definition_vi, definition_en)
  = (excluded.replaces, excluded.ordinal, excluded.name_vi, excluded.name_en,
     excluded.definition_vi, excluded.definition_en);

-- Whose figures are added up.  Versions that were approved since are other rows; what ships
-- may end where they begin, so an upgrade changes no dates.
INSERT INTO population (slug, version, kinds, closed, valid_from, valid_to, name_vi, name_en,
                        note_vi, note_en, source)
VALUES
  (NULL, 1, '{ministry,ministerial_agency,province}', false, '-infinity', NULL,
   'Bộ, cơ quan ngang bộ, tỉnh', 'Ministries, ministerial agencies, provinces',
   'Năm 2020: 22 + 63 = 85, như bảng của Cổng Dịch vụ công quốc gia.',
   'In 2020: 22 + 63 = 85, as in the tables of the National Public Service Portal.',
   'laichau.dcs.vn 4246'),
  ('work-files-online-district', 1, '{province}', false, '-infinity', '2025-06-30',
   'Tỉnh có cấp huyện', 'Provinces with a district tier', '', '', 'vietnamnet 2466207'),
  ('work-files-online-district', 2, '{}', true, '2025-07-01', NULL,
   'Không còn cấp huyện', 'No district tier any more',
   'Cấp huyện kết thúc ngày 30/6/2025; chỉ tiêu khép lại, không tính là 0%.',
   'The district tier ended on 30 June 2025; the indicator is closed and does not count as 0%.',
   'vietnamnet 2466207'),
  ('work-files-online-commune', 1, '{province}', false, '-infinity', NULL,
   'Tỉnh', 'Provinces', '', '', 'vietnamnet 2466207'),
  ('npsp-integration', 1, '{ministry,ministerial_agency,province}', false, '-infinity', '2025-12-31',
   'Bộ, cơ quan ngang bộ, tỉnh', 'Ministries, ministerial agencies, provinces', '', '',
   'laichau.dcs.vn 4246'),
  ('mobile-portal', 1, '{ministry,ministerial_agency,province}', false, '-infinity', '2025-12-31',
   'Bộ, cơ quan ngang bộ, tỉnh', 'Ministries, ministerial agencies, provinces', '', '',
   'laichau.dcs.vn 4246'),
  ('system-connection', 1, '{ministry,ministerial_agency,province}', false, '-infinity', '2025-12-31',
   'Bộ, cơ quan ngang bộ, tỉnh', 'Ministries, ministerial agencies, provinces', '', '',
   'laichau.dcs.vn 4246'),
  ('npsp-integration', 2, '{ministry,ministerial_agency}', true, '2026-01-01', NULL,
   'Bộ, cơ quan ngang bộ', 'Ministries, ministerial agencies',
   'Cổng dịch vụ công cấp tỉnh đóng dần để dùng Cổng DVCQG: từ năm 2026 các tỉnh khép lại, không tính là 0%.',
   'Provincial portals are being retired in favour of the national portal: from 2026 provinces are closed and do not count as 0%.',
   'vnexpress 4964788; vbpl 5333/BC-VPCP'),
  ('mobile-portal', 2, '{ministry,ministerial_agency}', true, '2026-01-01', NULL,
   'Bộ, cơ quan ngang bộ', 'Ministries, ministerial agencies',
   'Cổng dịch vụ công cấp tỉnh đóng dần để dùng Cổng DVCQG: từ năm 2026 các tỉnh khép lại, không tính là 0%.',
   'Provincial portals are being retired in favour of the national portal: from 2026 provinces are closed and do not count as 0%.',
   'vnexpress 4964788; vbpl 5333/BC-VPCP'),
  ('system-connection', 2, '{ministry,ministerial_agency}', true, '2026-01-01', NULL,
   'Bộ, cơ quan ngang bộ', 'Ministries, ministerial agencies',
   'Cổng dịch vụ công cấp tỉnh đóng dần để dùng Cổng DVCQG: từ năm 2026 các tỉnh khép lại, không tính là 0%.',
   'Provincial portals are being retired in favour of the national portal: from 2026 provinces are closed and do not count as 0%.',
   'vnexpress 4964788; vbpl 5333/BC-VPCP')
ON CONFLICT (coalesce(slug, '*'), version) DO UPDATE SET
  (kinds, closed, name_vi, name_en, note_vi, note_en, source)
  = (excluded.kinds, excluded.closed, excluded.name_vi, excluded.name_en, excluded.note_vi,
     excluded.note_en, excluded.source);

-- Where the reading of each indicator comes from, and what its figure cannot tell.
UPDATE indicator i SET (source, limits_vi, limits_en) = (m.source, m.limits_vi, m.limits_en)
  FROM (VALUES
  ('verified-identity', 'seed; luatvietnam.vn 19285',
   'Người có nhiều tài khoản chỉ đúng khi bên báo cáo đã gộp; không phải tỷ lệ trên dân số.',
   'A person with several accounts counts once only if whoever reports has joined them; not a share of the population.'),
  ('online-filing', 'seed; baodanang.vn 11/2022',
   'Hồ sơ nộp tại quầy nhưng nhập thành trực tuyến không tự loại được; xem chỉ số nộp hộ.',
   'Dossiers keyed in as online by staff cannot be told apart for certain; see assisted-filing.'),
  ('npsp-integration', 'seed',
   'Mỗi dịch vụ là một thủ tục ở một cơ quan; theo mã thủ tục xem cách tính distinct-codes.',
   'A service is a procedure at one agency; for distinct procedures see distinct-codes.'),
  ('one-stop', 'seed',
   'Không có tổng số báo cáo thì không biết hồ sơ ngoài hệ thống; khi đó ghi chú chưa đối chiếu.',
   'Without a reported total, dossiers outside the system are unknown; such a figure is noted as unreconciled.'),
  ('level4-services', 'seed; cand.com.vn 626879; vietnamhoinhap.vn 50847',
   'Từ 15/8/2022 toàn trình = mức độ 4, một phần = mức độ 3: gần đúng, vì định nghĩa khác nhau.',
   'Since 15 August 2022 full = level 4 and partial = level 3: approximate, as the definitions differ.'),
  ('mobile-portal', 'seed', 'Do cơ quan tự khai; xem tỷ lệ đã kiểm chứng.',
   'Declared by the agency itself; see the verified share.'),
  ('help-channel', 'seed', 'Do cơ quan tự khai; không đo chất lượng trả lời.',
   'Declared by the agency itself; the quality of answers is not measured.'),
  ('satisfaction-disclosure', 'seed', 'Chỉ biết có công khai, không biết nội dung công khai có đúng không.',
   'Tells that something was published, not that it is right.'),
  ('information-disclosure', 'seed',
   'Cơ quan đạt khi mọi mục đã khai đều đạt; mục chưa khai thì không biết.',
   'An agency passes when every item it declared holds; items never declared are unknown.'),
  ('mobile-signature', 'seed', 'Do cơ quan tự khai; không phải số hồ sơ được ký.',
   'Declared by the agency itself; not the number of dossiers signed.'),
  ('electronic-dossier', 'seed', 'Do cơ quan tự khai; không phải số hồ sơ được xử lý điện tử.',
   'Declared by the agency itself; not the number of dossiers processed so.'),
  ('form-autofill', 'seed', 'Đếm trường của biểu mẫu, không theo lượt nộp; xem by-submissions.',
   'Counts the fields of forms, not submissions; see by-submissions.'),
  ('business-registry', 'seed',
   'Mẫu số theo câu chữ có cả dịch vụ không cần dữ liệu doanh nghiệp, nên khó đạt 100%; xem for-enterprises.',
   'The literal denominator holds services that need no business data, so 100% is out of reach; see for-enterprises.'),
  ('document-axis', 'luatvietnam.vn 19285', 'Do cơ quan tự khai; chưa đối chiếu nguyên văn.',
   'Declared by the agency itself; the wording was not checked.'),
  ('electronic-documents', 'VOV 12/2/2020; memory', 'Chỉ biết tổng số; chưa đối chiếu nguyên văn.',
   'Known in total only; the wording was not checked.'),
  ('work-files-online', 'memory', 'Ngưỡng chưa đối chiếu nguyên văn; chỉ biết tổng số.',
   'The threshold was not checked; known in total only.'),
  ('work-files-online-district', 'memory; vietnamnet 2466207', 'Ngưỡng chưa đối chiếu nguyên văn; khép lại sau 30/6/2025.',
   'The threshold was not checked; closed after 30 June 2025.'),
  ('work-files-online-commune', 'memory', 'Ngưỡng chưa đối chiếu nguyên văn; số xã thay đổi sau 1/7/2025.',
   'The threshold was not checked; the communes changed on 1 July 2025.'),
  ('periodic-reports', 'memory', 'Ngưỡng chưa đối chiếu nguyên văn.', 'The threshold was not checked.'),
  ('meeting-time', 'memory; luatvietnam.vn 19215', 'Cần kỳ gốc; ngưỡng chưa đối chiếu nguyên văn.',
   'Needs a baseline; the threshold was not checked.'),
  ('system-connection', 'luatvietnam.vn 19285', 'Đếm cơ quan, không đếm từng hệ thống.',
   'Counts agencies, not each system.'),
  ('level4-filing', 'luatvietnam.vn; memory', 'Ngưỡng chưa đối chiếu nguyên văn; cần danh mục dịch vụ có ngày.',
   'The threshold was not checked; needs a dated catalogue of services.'),
  ('connected-systems', 'memory', 'Ngưỡng 60% chưa chắc.', 'The threshold of 60% is uncertain.'),
  ('un-rank', 'seed; vnexpress.net 4008719', 'Hai năm một lần; năm không khảo sát là không có số liệu.',
   'Every second year; a year without a survey has no data.'),
  ('asean-rank', 'seed; luatvietnam.vn 19285', 'Hai năm một lần, tính với 11 nước; xem ten-countries.',
   'Every second year, with 11 countries; see ten-countries.'),
  ('on-time', 'DESIGN 6.6', 'Theo hẹn trả hiện có; hẹn trả bị sửa sau không thấy được ở đây.',
   'By the due time on record; a due time changed afterwards does not show here.'),
  ('satisfaction', 'DESIGN 6.6', 'Chỉ của người có chấm điểm; ngưỡng của chỉ tiêu 26 chưa biết.',
   'Of those who scored only; the threshold of 26 is unknown.'),
  ('electronic-payment', 'DESIGN 6.6', 'Chỉ trên hồ sơ biết cách thanh toán.',
   'Over dossiers whose payment is known only.'),
  ('assisted-filing', 'DESIGN 6.6', 'Chỉ trên hồ sơ biết ai nộp.', 'Over dossiers whose filer is known only.')
  ) AS m(slug, source, limits_vi, limits_en)
 WHERE i.slug = m.slug;

-- Official figures, as they were printed (DOMAIN 1.2, 2.3).
INSERT INTO comparator (slug, agency_id, grp, period, percent, publisher, source, note_vi, note_en)
VALUES
  ('level4-services', 0, '', '2019', 10.76, '', 'cand.com.vn 626879; thanhnien.vn 1271185', '', ''),
  ('level4-services', 0, '', '2020-08', 15.9, '', 'cand.com.vn 626879; thanhnien.vn 1271185', '', ''),
  ('level4-services', 0, '', '2020-12', 30.1, '', 'cand.com.vn 626879; thanhnien.vn 1271185', '', ''),
  ('electronic-documents', 0, '', '2018', 72, '', 'VOV 12/2/2020', '', ''),
  ('electronic-documents', 0, '', '2019', 86.5, '', 'VOV 12/2/2020', '', ''),
  ('electronic-documents', 0, '', '2020', 90.81, '', 'cand.com.vn', 'Cuối năm 2020', 'End of 2020'),
  ('online-filing', 0, '', '2024', 45.8, '', 'kinhtedothi', '', ''),
  ('online-filing', 0, 'central', '2024', 63.47, '', 'kinhtedothi', 'Các bộ', 'Ministries'),
  ('online-filing', 0, 'province', '2024', 18.54, '', 'kinhtedothi', 'Các tỉnh', 'Provinces')
ON CONFLICT (slug, agency_id, grp, period, source) DO UPDATE SET
  (percent, note_vi, note_en) = (excluded.percent, excluded.note_vi, excluded.note_en);
