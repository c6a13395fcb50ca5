-- 05_tasks.sql -- the dated and qualitative tasks that are known of the Resolution.
-- clause: paragraph of the seed article; due_source and outcome_source: seed = that
-- article, page = a page that was read, memory = unverified.
INSERT INTO task (task, kind, name_vi, name_en, lead_code, each_kind, due, years, clause, due_source, outcome, outcome_source)
VALUES
  ('national-document-axis', 'task', 'Xây dựng phát triển Trục liên thông văn bản quốc gia',
   'National document exchange axis', 'G22', NULL, '2019-03-31'::date, NULL, 'P2', 'page', 'opened 2019-03-12', 'page'),
  ('national-axis-data-sharing', 'qualitative', 'Trục là nền tảng tích hợp chia sẻ dữ liệu quốc gia',
   'The axis as the national data integration and sharing platform', 'G22', NULL, NULL, NULL, 'P2', 'seed', NULL, NULL),
  ('business-registration-db', 'task', 'Hoàn thiện CSDL quốc gia về Đăng ký doanh nghiệp',
   'National business registration database completed', 'G05', NULL, '2019-12-31'::date, NULL, 'P2;P7', 'seed (lead: memory)', NULL, NULL),
  ('business-registration-sharing', 'task', 'Chia sẻ dữ liệu ĐKDN với Cổng DVCQG và các hệ thống',
   'Business registration data shared with the national portal and other systems', 'G05', NULL, '2019-12-31'::date, NULL, 'P7', 'seed (lead: memory)', NULL, NULL),
  ('data-network', 'qualitative', 'Nâng cao năng lực chất lượng Mạng truyền số liệu chuyên dùng',
   'Capacity and quality of the dedicated government data network', 'G14', NULL, NULL, NULL, 'P2', 'seed (lead: memory)', NULL, NULL),
  ('architecture-framework-2', 'task', 'Khung Kiến trúc CPĐT Việt Nam phiên bản 2.0 trình Thủ tướng',
   'E-government architecture framework 2.0 submitted to the Prime Minister', 'G14', NULL, '2019-05-31'::date, NULL, 'P5', 'seed', 'issued 2019-12-31 by Decision 2323/QĐ-BTTTT', 'memory'),
  ('reference-models', 'task', 'Bổ sung mô hình tham chiếu các HTTT dùng chung và CSDL quốc gia',
   'Reference models of shared systems and national databases added to the framework', 'G14', NULL, '2019-05-31'::date, NULL, 'P5', 'seed', NULL, NULL),
  ('overall-architecture-yearly', 'yearly', 'Kiến trúc tổng thể CPĐT Việt Nam công bố và cập nhật hằng năm 2019-2025',
   'Overall e-government architecture published and updated every year 2019-2025', 'G14', NULL, NULL, '[2019,2025]'::int4range, 'P6', 'seed', NULL, NULL),
  ('agency-architecture', 'task', 'Kiến trúc CPĐT cấp bộ và Kiến trúc Chính quyền điện tử cấp tỉnh theo Khung 2.0',
   'Ministry and province architectures in line with framework 2.0', NULL, '{ministry,ministerial_agency,province}'::agency_kind[], '2019-09-30'::date, NULL, 'P6', 'seed', NULL, NULL),
  ('agency-architecture-updates', 'qualitative', 'Cập nhật và áp dụng kiến trúc trong xây dựng CPĐT',
   'Architectures kept current with the framework and applied', NULL, '{ministry,ministerial_agency,province}'::agency_kind[], NULL, NULL, 'P6', 'seed', NULL, NULL),
  ('population-db', 'task', 'CSDL quốc gia về Dân cư đưa vào sử dụng chính thức',
   'National population database in official use', 'G01', NULL, '2020-12-31'::date, NULL, 'P7', 'seed (from 2020)', 'running 2021-07-01', 'memory'),
  ('population-db-sharing', 'task', 'Chia sẻ dữ liệu dân cư với Cổng DVCQG và các hệ thống',
   'Population data shared with the national portal and other systems', 'G01', NULL, '2020-12-31'::date, NULL, 'P7', 'seed', NULL, NULL),
  ('population-db-phase-2', 'qualitative', 'Phát triển hoàn thiện CSDL Dân cư giai đoạn 2021-2025',
   'Population database completed in 2021-2025', 'G01', NULL, '2025-12-31'::date, NULL, 'P7', 'seed', NULL, NULL),
  ('civil-status-db', 'task', 'CSDL hộ tịch điện tử toàn quốc',
   'National electronic civil-status database', 'G15', NULL, '2020-12-31'::date, NULL, NULL, 'page (lead: memory)', NULL, NULL),
  ('decree-electronic-procedures', 'task', 'Nghị định thực hiện TTHC trên môi trường điện tử',
   'Decree on procedures in the electronic environment', 'G22', NULL, '2019-12-31'::date, NULL, NULL, 'page (lead: memory)', 'Decree 45/2020 of 2020-04-08', 'memory'),
  ('decree-data-sharing', 'task', 'Nghị định quản lý kết nối và chia sẻ dữ liệu số',
   'Decree on managing and sharing digital data', 'G14', NULL, '2019-12-31'::date, NULL, NULL, 'memory', 'Decree 47/2020 of 2020-04-09', 'page'),
  ('decree-identity', 'task', 'Nghị định định danh và xác thực điện tử',
   'Decree on electronic identification and authentication', 'G14', NULL, '2019-12-31'::date, NULL, NULL, 'memory', 'Decree 59/2022', 'memory'),
  ('decree-personal-data', 'task', 'Nghị định bảo vệ dữ liệu cá nhân',
   'Decree on personal data protection', 'G01', NULL, '2019-12-31'::date, NULL, NULL, 'memory', 'Decree 13/2023', 'memory'),
  ('decree-clerical-work', 'task', 'Nghị định về công tác văn thư',
   'Decree on clerical work', 'G09', NULL, '2019-12-31'::date, NULL, NULL, 'memory', 'Decree 30/2020 of 2020-03-05', 'page'),
  ('decree-it-investment', 'task', 'Nghị định quản lý đầu tư ứng dụng CNTT',
   'Decree on investment in IT applications', 'G14', NULL, '2019-12-31'::date, NULL, NULL, 'memory', 'Decree 73/2019 of 2019-09-05', 'page'),
  ('cybersecurity-law-guidance', 'task', 'Văn bản hướng dẫn Luật An ninh mạng',
   'Guidance of the Cybersecurity Law', 'G01', NULL, '2025-12-31'::date, NULL, NULL, 'page', 'Decree 53/2022', 'memory'),
  ('e-cabinet', 'task', 'Hệ thống thông tin phục vụ họp và xử lý công việc của Chính phủ (e-Cabinet)',
   'Government e-Cabinet system', 'G22', NULL, '2019-06-30'::date, NULL, NULL, 'memory', 'opened June 2019', 'page'),
  ('national-service-portal', 'task', 'Cổng Dịch vụ công quốc gia',
   'National public service portal', 'G22', NULL, '2019-11-30'::date, NULL, 'P3', 'page', 'opened 2019-12-09', 'page'),
  ('national-reporting-system', 'task', 'Hệ thống thông tin báo cáo quốc gia',
   'National reporting information system', 'G22', NULL, '2020-12-31'::date, NULL, NULL, 'memory', 'government reporting system opened 2020-03-13; national system August 2020', 'page'),
  ('agency-portal-one-stop', 'task', 'Cổng DVC và HTTT một cửa điện tử cấp bộ cấp tỉnh',
   'Service portal and e-one-stop system of each agency', NULL, '{ministry,ministerial_agency,province}'::agency_kind[], '2020-12-31'::date, NULL, 'P3', 'page', NULL, NULL),
  ('open-data', 'qualitative', 'Phát triển CPĐT dựa trên dữ liệu và dữ liệu mở',
   'E-government based on data and open data', NULL, NULL, NULL, NULL, 'P1', 'seed', NULL, NULL),
  ('information-security', 'qualitative', 'Bảo đảm an toàn thông tin và an ninh mạng',
   'Information security and cyber security', NULL, NULL, NULL, NULL, 'P1', 'seed', NULL, NULL),
  ('digital-economy-society', 'qualitative', 'Hướng tới Chính phủ số nền kinh tế số và xã hội số',
   'Towards digital government economy and society', NULL, NULL, NULL, NULL, 'P1', 'seed', NULL, NULL)
ON CONFLICT (task) DO NOTHING;

-- When what is known of them was done; a month alone is its last day.
UPDATE task SET outcome_on = o.day
  FROM (VALUES ('national-document-axis', date '2019-03-12'),
               ('architecture-framework-2', '2019-12-31'),
               ('population-db', '2021-07-01'),
               ('decree-electronic-procedures', '2020-04-08'),
               ('decree-data-sharing', '2020-04-09'),
               ('decree-clerical-work', '2020-03-05'),
               ('decree-it-investment', '2019-09-05'),
               ('e-cabinet', '2019-06-30'),
               ('national-service-portal', '2019-12-09'),
               ('national-reporting-system', '2020-08-31')) o(task, day)
 WHERE task.task = o.task AND task.outcome IS NOT NULL AND task.batch_id IS NULL;

-- "trình Thủ tướng": done when it is submitted.
UPDATE task SET done_by = 'submitted' WHERE task = 'architecture-framework-2' AND batch_id IS NULL;

-- The outcomes above, in Vietnamese.
UPDATE task SET outcome_vi = o.vi
  FROM (VALUES ('opened 2019-03-12', 'khai trương 12/03/2019'),
               ('opened 2019-12-09', 'khai trương 09/12/2019'),
               ('opened June 2019', 'khai trương tháng 6/2019'),
               ('running 2021-07-01', 'vận hành từ 01/07/2021'),
               ('issued 2019-12-31 by Decision 2323/QĐ-BTTTT', 'ban hành 31/12/2019, Quyết định 2323/QĐ-BTTTT'),
               ('government reporting system opened 2020-03-13; national system August 2020',
                'hệ thống báo cáo của Chính phủ khai trương 13/03/2020; hệ thống quốc gia tháng 8/2020'),
               ('Decree 30/2020 of 2020-03-05', 'Nghị định 30/2020 ngày 05/03/2020'),
               ('Decree 45/2020 of 2020-04-08', 'Nghị định 45/2020 ngày 08/04/2020'),
               ('Decree 47/2020 of 2020-04-09', 'Nghị định 47/2020 ngày 09/04/2020'),
               ('Decree 73/2019 of 2019-09-05', 'Nghị định 73/2019 ngày 05/09/2019'),
               ('Decree 13/2023', 'Nghị định 13/2023'), ('Decree 53/2022', 'Nghị định 53/2022'),
               ('Decree 59/2022', 'Nghị định 59/2022')) o(en, vi)
 WHERE task.outcome = o.en AND task.batch_id IS NULL;
