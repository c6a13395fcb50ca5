-- measures.sql -- what is counted, in words; the codes are those of the records and of formulas.

CREATE VIEW measure_words AS
SELECT * FROM (VALUES
  ('agencies', 'cơ quan', 'agencies'),
  ('agencies_with_services', 'cơ quan có cung cấp dịch vụ công', 'agencies that provide services'),
  ('document-axis', 'cơ quan đã kết nối Trục liên thông văn bản', 'agencies connected to the document axis'),
  ('documents_exchanged', 'văn bản trao đổi', 'documents exchanged'),
  ('documents_exchanged_electronic', 'văn bản trao đổi dưới dạng điện tử', 'documents exchanged electronically'),
  ('dossiers_online_assisted', 'hồ sơ trực tuyến được nộp hộ hoặc có người giúp', 'online dossiers filed with help'),
  ('dossiers_online_filed_by_known', 'hồ sơ trực tuyến đã biết ai nộp', 'online dossiers of which it is known who filed them'),
  ('dossiers_paid_online', 'hồ sơ thanh toán trực tuyến', 'dossiers paid online'),
  ('dossiers_payment_known', 'hồ sơ đã biết cách thanh toán', 'dossiers of which it is known how they were paid'),
  ('dossiers_resolved', 'hồ sơ đã giải quyết', 'dossiers resolved'),
  ('dossiers_resolved_level4', 'hồ sơ đã giải quyết được nộp ở mức độ 4', 'dossiers resolved that were filed at level 4'),
  ('dossiers_resolved_on_time', 'hồ sơ giải quyết đúng hạn', 'dossiers resolved on time'),
  ('dossiers_resolved_one_stop', 'hồ sơ giải quyết qua hệ thống một cửa điện tử', 'dossiers resolved through the one-stop system'),
  ('dossiers_resolved_online', 'hồ sơ đã giải quyết được nộp trực tuyến', 'dossiers resolved that were filed online'),
  ('dossiers_resolved_with_due_date', 'hồ sơ đã giải quyết có hạn trả kết quả', 'dossiers resolved that had a due date'),
  ('form_fields', 'trường thông tin của biểu mẫu', 'form fields'),
  ('form_fields_prefilled', 'trường thông tin được điền sẵn', 'form fields prefilled'),
  ('information-disclosure', 'cơ quan công khai đủ thông tin', 'agencies that disclose every item'),
  ('meeting_minutes', 'thời gian họp', 'meeting minutes'),
  ('meeting_minutes_baseline', 'thời gian họp trước đây', 'meeting minutes of the baseline'),
  ('meeting_minutes_baseline - meeting_minutes', 'thời gian họp giảm được', 'meeting minutes saved'),
  ('mobile-portal', 'cơ quan có giao diện di động', 'agencies with a mobile interface'),
  ('npsp-connected', 'cơ quan đã kết nối Cổng Dịch vụ công quốc gia', 'agencies connected to the national portal'),
  ('participants', 'người dân và doanh nghiệp tham gia', 'participants'),
  ('participants_verified', 'người dân và doanh nghiệp đã được xác thực', 'participants verified'),
  ('report_regimes', 'chế độ báo cáo', 'report regimes'),
  ('report_regimes_online', 'chế độ báo cáo thực hiện trực tuyến', 'report regimes kept online'),
  ('satisfaction-disclosure', 'cơ quan công khai mức độ hài lòng', 'agencies that disclose satisfaction'),
  ('satisfaction_responses', 'lượt đánh giá', 'responses'),
  ('satisfaction_satisfied', 'lượt hài lòng', 'satisfied responses'),
  ('services', 'dịch vụ công', 'services'),
  ('services_business_registry', 'dịch vụ công dùng dữ liệu đăng ký doanh nghiệp', 'services that use the business registry'),
  ('services_electronic_dossier', 'dịch vụ công dùng hồ sơ điện tử', 'services with electronic dossiers'),
  ('services_help_channel', 'dịch vụ công có kênh hỗ trợ', 'services with a help channel'),
  ('services_integrated', 'dịch vụ công trên Cổng Dịch vụ công quốc gia', 'services on the national portal'),
  ('services_level34', 'dịch vụ công mức độ 3, 4', 'services at level 3 or 4'),
  ('services_level4', 'dịch vụ công mức độ 4', 'services at level 4'),
  ('services_mobile_signature', 'dịch vụ công dùng chữ ký số di động', 'services with mobile signature'),
  ('systems', 'hệ thống thông tin', 'systems'),
  ('systems_connected', 'hệ thống thông tin đã kết nối', 'systems connected'),
  ('un-egdi-rank', 'thứ hạng theo Liên hợp quốc', 'rank in the UN survey'),
  ('work_files', 'hồ sơ công việc', 'work files'),
  ('work_files_online', 'hồ sơ công việc xử lý trên môi trường mạng', 'work files handled online'),
  ('citizen', 'người dân', 'citizens'), ('enterprise', 'doanh nghiệp', 'enterprises'),   -- parts of them
  ('ministry_province', 'cấp bộ, cấp tỉnh', 'ministries and provinces'), ('district', 'cấp huyện', 'districts'),
  ('commune', 'cấp xã', 'communes')
) AS m(measure, name_vi, name_en);

-- A measure that has no words is its code.
CREATE FUNCTION measure_named(code text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
  SELECT json_build_object('vi', coalesce(m.name_vi, code), 'en', coalesce(m.name_en, code))
    FROM (SELECT) one LEFT JOIN measure_words m ON m.measure = code
   WHERE code <> '');
END $$;
