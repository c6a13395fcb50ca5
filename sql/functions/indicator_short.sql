-- indicator_short.sql -- what an indicator is called where there is room for two words:
-- heads of wide tables, rows of the overview.  Our own abbreviations, not official names.
CREATE OR REPLACE VIEW indicator_short AS
SELECT i.slug, coalesce(s.short_vi, i.name_vi) AS short_vi, coalesce(s.short_en, i.name_en) AS short_en,
       i.number IS NOT NULL AND i.number <> '26' AS official   -- has a target in the Resolution
  FROM indicator i
  LEFT JOIN (VALUES
    ('verified-identity', 'Định danh điện tử', 'Verified identity'),
    ('online-filing', 'Hồ sơ trực tuyến', 'Online filing'),
    ('npsp-integration', 'Tích hợp Cổng DVCQG', 'On the national portal'),
    ('one-stop', 'Một cửa điện tử', 'E-one-stop'),
    ('level4-services', 'Dịch vụ mức độ 4', 'Level-4 services'),
    ('mobile-portal', 'Cổng trên di động', 'Mobile portals'),
    ('help-channel', 'Hỗ trợ giải đáp', 'Help channel'),
    ('satisfaction-disclosure', 'Công khai mức hài lòng', 'Satisfaction published'),
    ('information-disclosure', 'Công khai đủ thông tin', 'Information published'),
    ('mobile-signature', 'Ký số di động', 'Mobile signature'),
    ('electronic-dossier', 'Hồ sơ điện tử', 'Electronic dossier'),
    ('form-autofill', 'Tự điền biểu mẫu', 'Form autofill'),
    ('business-registry', 'Dữ liệu đăng ký DN', 'Business registry'),
    ('document-axis', 'Kết nối Trục văn bản', 'Document axis'),
    ('electronic-documents', 'Văn bản điện tử', 'Electronic documents'),
    ('work-files-online', 'Hồ sơ công việc', 'Work files'),
    ('work-files-online-district', 'Hồ sơ công việc cấp huyện', 'Work files, districts'),
    ('work-files-online-commune', 'Hồ sơ công việc cấp xã', 'Work files, communes'),
    ('periodic-reports', 'Báo cáo định kỳ', 'Periodic reports'),
    ('meeting-time', 'Thời gian họp', 'Meeting time'),
    ('system-connection', 'Kết nối Cổng DVCQG', 'Systems connected'),
    ('level4-filing', 'Hồ sơ mức độ 4', 'Level-4 filing'),
    ('connected-systems', 'Hệ thống kết nối', 'Connected systems'),
    ('un-rank', 'Xếp hạng LHQ', 'UN rank'),
    ('asean-rank', 'Xếp hạng ASEAN', 'ASEAN rank'),
    ('on-time', 'Giải quyết đúng hạn', 'Settled on time'),
    ('satisfaction', 'Mức độ hài lòng', 'Satisfaction'),
    ('electronic-payment', 'Thanh toán điện tử', 'Electronic payment'),
    ('assisted-filing', 'Nộp hộ', 'Assisted filing')
  ) AS s(slug, short_vi, short_en) USING (slug);
