/* message.c -- why a record or a file was refused, in Vietnamese and English. */
#include "collector/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct sentences {
	const char *cause, *remedy;
};

static const struct code {
	const char *name;
	struct sentences in[2]; /* by enum message_language */
} codes[] = {
	/* ---- one value ---- */
	{ "cell_error",
	  { { "Ô ở cột {field} có lỗi “{value}”.", "Sửa công thức, hoặc để trống ô." },
	    { "The cell of {field} holds the error \"{value}\".",
	      "Mend the formula, or leave the cell empty." } } },
	{ "number_in_code",
	  { { "Excel đã đổi mã ở cột {field} thành số “{value}” nên có thể đã mất chữ số.",
	      "Định dạng cột là Văn bản (Text) rồi nhập lại mã." },
	    { "Excel turned the code in {field} into the number \"{value}\", and may have lost digits.",
	      "Format the column as text and enter the code again." } } },
	{ "bad_style",
	  { { "“{value}” ở cột {field} không viết theo kiểu {detail} mà cột đã khai.",
	      "Viết lại giá trị theo kiểu đó, hoặc sửa kiểu của cột." },
	    { "\"{value}\" in {field} is not in the style {detail} that the column declares.",
	      "Write the value in that style, or mend the style of the column." } } },
	{ "bad_code",
	  { { "Bộ ánh xạ không có mã “{value}” của cột {field}.",
	      "Dùng một trong: {detail}; hoặc thêm mã vào bộ ánh xạ." },
	    { "The mapping profile has no code \"{value}\" for {field}.",
	      "Use one of: {detail}; or add the code to the profile." } } },
	{ "missing_value",
	  { { "Thiếu giá trị bắt buộc ở cột {field}.",
	      "Điền giá trị rồi gửi lại bản ghi." },
	    { "The required field {field} is empty.",
	      "Fill it in and send the record again." } } },
	{ "bad_text",
	  { { "Cột {field} chứa ký tự điều khiển hoặc ký tự ẩn.",
	      "Bỏ ký tự xuống dòng, tab, ký tự ẩn và ký tự đảo chiều khỏi giá trị." },
	    { "The field {field} holds control or hidden characters.",
	      "Remove line breaks, tabs, and characters that nobody sees or that turn the text." } } },
	{ "not_utf8",
	  { { "Cột {field} không phải văn bản UTF-8 hợp lệ.",
	      "Lưu lại tệp với bảng mã UTF-8." },
	    { "The field {field} is not valid UTF-8.",
	      "Save the file again as UTF-8." } } },
	{ "too_long",
	  { { "Giá trị của cột {field} dài quá {detail} ký tự.", "Rút ngắn giá trị." },
	    { "The value of {field} is longer than {detail} characters.",
	      "Shorten it." } } },
	{ "bad_time",
	  { { "“{value}” ở cột {field} không phải thời điểm RFC 3339.",
	      "Viết như 2020-06-30T15:04:05+07:00 hoặc chỉ ngày 2020-06-30; không dùng giây :60 và giờ 24:00." },
	    { "\"{value}\" in {field} is not an RFC 3339 time.",
	      "Write it like 2020-06-30T15:04:05+07:00, or a plain date 2020-06-30; seconds of :60 and 24:00 are not taken." } } },
	{ "time_out_of_range",
	  { { "Thời điểm “{value}” ở cột {field} nằm ngoài các năm 1976–2199.",
	      "Kiểm tra lại năm." },
	    { "The time \"{value}\" in {field} is outside the years 1976 to 2199.",
	      "Check the year." } } },
	{ "time_in_future",
	  { { "Thời điểm “{value}” ở cột {field} muộn hơn lúc nhận tệp quá 24 giờ.",
	      "Kiểm tra ngày, múi giờ và đồng hồ của hệ thống gửi." },
	    { "The time \"{value}\" in {field} is more than 24 hours after the file arrived.",
	      "Check the date, its offset and the sending system's clock." } } },
	{ "bad_date",
	  { { "“{value}” ở cột {field} không phải ngày.", "Viết ngày như 2020-06-30." },
	    { "\"{value}\" in {field} is not a date.",
	      "Write dates like 2020-06-30." } } },
	{ "bad_boolean",
	  { { "“{value}” ở cột {field} không phải giá trị đúng/sai.",
	      "Dùng true, false, 1 hoặc 0; để trống nếu không có thông tin." },
	    { "\"{value}\" in {field} is not a boolean.",
	      "Use true, false, 1 or 0; leave it empty if it is not known." } } },
	{ "bad_integer",
	  { { "“{value}” ở cột {field} không phải số nguyên.",
	      "Chỉ viết các chữ số, không có dấu phân cách." },
	    { "\"{value}\" in {field} is not an integer.",
	      "Write digits only, without separators." } } },
	{ "out_of_range",
	  { { "Giá trị “{value}” ở cột {field} nằm ngoài khoảng {detail}.",
	      "Kiểm tra lại giá trị." },
	    { "The value \"{value}\" of {field} is outside {detail}.",
	      "Check the value." } } },
	{ "bad_decimal",
	  { { "“{value}” ở cột {field} không phải số thập phân.",
	      "Viết như 0.6667, dấu chấm thập phân." },
	    { "\"{value}\" in {field} is not a decimal number.",
	      "Write it like 0.6667, with a point." } } },
	{ "bad_choice",
	  { { "“{value}” không phải giá trị của cột {field}.",
	      "Dùng một trong: {detail}." },
	    { "\"{value}\" is not a value of {field}.", "Use one of: {detail}." } } },
	{ "bad_period",
	  { { "“{value}” ở cột {field} không phải kỳ.",
	      "Viết như 2020, 2020-H1, 2020-Q3, 2020-09, 2020-W23, 2020-06-30 hoặc ND09-2020-09." },
	    { "\"{value}\" in {field} is not a period.",
	      "Write it like 2020, 2020-H1, 2020-Q3, 2020-09, 2020-W23, 2020-06-30 or ND09-2020-09." } } },
	{ "bad_form",
	  { { "Kiểu JSON của trường {field} không đúng.",
	      "Gửi một giá trị viết như {detail}." },
	    { "The field {field} has the wrong JSON type.",
	      "Send a value written like {detail}." } } },
	/* ---- several values ---- */
	{ "unknown_agency",
	  { { "Không có cơ quan “{value}” trong danh mục.",
	      "Dùng mã của danh mục, hoặc thêm cơ quan bằng bản ghi loại agency." },
	    { "There is no agency \"{value}\" in the register.",
	      "Use a code of the register, or add the agency with a record of type agency." } } },
	{ "agency_not_in_force",
	  { { "Cơ quan “{value}” không có hiệu lực vào ngày {detail}.",
	      "Dùng mã có hiệu lực vào ngày đó; cơ quan kế thừa chỉ sửa được hồ sơ mà cơ quan trước đã gửi." },
	    { "The agency \"{value}\" was not in force on {detail}.",
	      "Use the code in force on that day; a successor can only take up dossiers its predecessor sent." } } },
	{ "agency_not_nation",
	  { { "VN chỉ dùng cho bản ghi loại count.", "Ghi mã cơ quan." },
	    { "VN is only for records of type count.", "Name an agency." } } },
	{ "agency_not_yours",
	  { { "Bên gửi không được gửi bản ghi của cơ quan “{value}”.",
	      "Gửi bản ghi của cơ quan mình hoặc của cơ quan tiền nhiệm." },
	    { "The sender may not send records of the agency \"{value}\".",
	      "Send records of your own agency or of its predecessors." } } },
	{ "resolved_before_received",
	  { { "Hồ sơ được giải quyết trước khi tiếp nhận: {detail}.",
	      "Kiểm tra received_at và resolved_at." },
	    { "The dossier was resolved before it was received: {detail}.",
	      "Check received_at and resolved_at." } } },
	{ "resolved_at_missing",
	  { { "Hồ sơ ở trạng thái resolved mà không có resolved_at.",
	      "Điền thời điểm giải quyết, hoặc sửa trạng thái." },
	    { "The status is resolved but resolved_at is empty.",
	      "Give the time, or mend the status." } } },
	{ "resolved_at_forbidden",
	  { { "Hồ sơ có resolved_at nhưng trạng thái là {value}.",
	      "Bỏ resolved_at, hoặc sửa trạng thái." },
	    { "resolved_at is given but the status is {value}.",
	      "Remove resolved_at, or mend the status." } } },
	{ "prefilled_above_total",
	  { { "Số trường điền sẵn ở {field} lớn hơn tổng số trường {detail}.",
	      "Kiểm tra hai con số." },
	    { "{field} is larger than the {detail} fields of the form.",
	      "Check the two numbers." } } },
	{ "ends_before_start",
	  { { "valid_to {value} trước valid_from {detail}.", "Kiểm tra hai ngày." },
	    { "valid_to {value} lies before valid_from {detail}.",
	      "Check the two dates." } } },
	{ "bad_breakdown",
	  { { "Số đo này không chia theo “{value}”.", "Dùng một trong: {detail}." },
	    { "This measure has no breakdown \"{value}\".", "Use one of: {detail}." } } },
	/* ---- what must not come ---- */
	{ "personal_data",
	  { { "Cột {field} có dữ liệu cá nhân ({detail}); giá trị không được lưu.",
	      "Bỏ dữ liệu cá nhân khỏi cột này rồi gửi lại bản ghi." },
	    { "The field {field} holds personal data ({detail}); the value was not stored.",
	      "Remove personal data from it and send the record again." } } },
	{ "filer_not_opaque",
	  { { "Cột {field} phải là mã băm có khóa, không phải số định danh, điện thoại, e-mail hay họ tên; giá trị không được lưu.",
	      "Gửi mã băm (HMAC) của người nộp, hoặc để trống." },
	    { "{field} must be a keyed hash, no identity number, phone, e-mail or name; the value was not stored.",
	      "Send a keyed hash (HMAC) of the applicant, or leave it empty." } } },
	/* ---- against what is stored ---- */
	{ "conflict",
	  { { "Bản ghi khác phiên bản đã có ở: {detail}, nhưng không mới hơn.",
	      "Gửi updated_at là lúc thay đổi để bản mới thay bản cũ." },
	    { "The record differs from the stored version in {detail} but is not newer.",
	      "Send updated_at, the moment of the change, so that the newer version wins." } } },
	{ "sample_in_real_store",
	  { { "Bản ghi mẫu (“{value}”) không được nhận vào cơ sở dữ liệu thật.",
	      "Dùng một thư mục dữ liệu riêng (NQ17_DATA) cho dữ liệu mẫu." },
	    { "The sample record (\"{value}\") is not taken into a database with real records.",
	      "Use a data folder of its own (NQ17_DATA) for sample data." } } },
	{ "agency_overlap",
	  { { "Mã “{value}” đã thuộc về cơ quan khác trong thời gian đó: {detail}.",
	      "Sửa valid_from, valid_to hoặc mã." },
	    { "The code \"{value}\" already belongs to another row at that time: {detail}.",
	      "Mend valid_from, valid_to or the code." } } },
	{ "bad_letter",
	  { { "Cột {field} chứa ký tự “{detail}” mà phông chữ của báo cáo không có.",
	      "Viết lại bằng chữ có trong văn bản hành chính." },
	    { "The field {field} holds \"{detail}\", a letter that the typeface of reports lacks.",
	      "Write it with letters that official documents have." } } },
	{ "bad_agency_code",
	  { { "Mã cơ quan “{value}” không dùng được.",
	      "Mã không được là VN và không chứa @." },
	    { "The agency code \"{value}\" cannot be used.",
	      "A code is not VN and holds no @." } } },
	{ "unknown_task",
	  { { "Không có nhiệm vụ “{value}”.",
	      "Dùng mã nhiệm vụ trong danh mục, hoặc thêm bằng bản ghi loại task." },
	    { "There is no task \"{value}\".",
	      "Use a task of the catalogue, or add it with a record of type task." } } },
	/* ---- the form of one record ---- */
	{ "too_many_values",
	  { { "Bản ghi chứa hàng nghìn giá trị, không phải một bản ghi.",
	      "Mỗi bản ghi là một đối tượng JSON; gửi nhiều bản ghi thành một mảng hoặc mỗi dòng một đối tượng." },
	    { "The record holds thousands of values; it cannot be one record.",
	      "Each record is one JSON object; send several as an array, or one a line." } } },
	{ "record_too_large",
	  { { "Bản ghi lớn hơn 1 MiB.",
	      "Kiểm tra dấu ngoặc kép và dấu xuống dòng; chia nhỏ dữ liệu." },
	    { "The record is larger than 1 MiB.",
	      "Look for a missing quote or line end; split the data." } } },
	{ "quote_unclosed",
	  { { "Dấu ngoặc kép mở ở dòng này không được đóng.",
	      "Đóng ngoặc kép; viết hai dấu \"\" để có một dấu bên trong giá trị." },
	    { "A quote opened on this line is never closed.",
	      "Close it; write \"\" for a quote inside a value." } } },
	{ "too_many_columns",
	  { { "Dòng có nhiều cột hơn tiêu đề: {detail}.",
	      "Đặt giá trị có dấu phân cách trong ngoặc kép." },
	    { "The row has more columns than the header: {detail}.",
	      "Put values that hold the separator into quotes." } } },
	{ "too_few_columns",
	  { { "Dòng có ít cột hơn tiêu đề: {detail}.",
	      "Để trống ô không có giá trị, nhưng giữ đủ dấu phân cách." },
	    { "The row has fewer columns than the header: {detail}.",
	      "Leave cells empty, but keep every separator." } } },
	{ "bad_json",
	  { { "Bản ghi không phải một đối tượng JSON hợp lệ: sai ở byte thứ {detail}.",
	      "Mỗi bản ghi là một đối tượng JSON, mỗi trường một lần." },
	    { "The record is no valid JSON object: wrong at its byte {detail}.",
	      "Each record is one JSON object that names a field once." } } },
	{ "unknown_field",
	  { { "Loại bản ghi này không có trường “{field}”.",
	      "Bỏ trường hoặc sửa tên. Các trường có thể dùng: {detail}." },
	    { "This record type has no field \"{field}\".",
	      "Remove it or mend its name. The fields are: {detail}." } } },
	{ "bad_event",
	  { { "Đây không phải một CloudEvent 1.0 dùng được: {detail}.",
	      "Cần specversion \"1.0\", id, source, type vn.nq17.LOẠI.v1 và data là một đối tượng." },
	    { "This is no CloudEvent 1.0 that can be used: {detail}.",
	      "It takes specversion \"1.0\", id, source, type vn.nq17.TYPE.v1 and an object as data." } } },
	/* ---- warnings: nothing is refused ---- */
	{ "attribute_vanished",
	  { { "Trường {field} có ở {value} hồ sơ gửi gần đây nhưng chỉ có ở {detail} hồ sơ đã giải quyết của lô này.",
	      "Kiểm tra việc xuất dữ liệu; trường để trống được tính là không cung cấp." },
	    { "{field} was given for {value} of the dossiers sent lately, but for {detail} of those settled in this batch.",
	      "Check the export; what is empty counts as not provided." } } },
	{ "dropped_by_profile",
	  { { "{value} bản ghi không phải hồ sơ đã tiếp nhận theo bộ ánh xạ {detail}, nên được bỏ qua.",
	      "Không cần làm gì nếu đúng như vậy." },
	    { "{value} records are none of ours by the mapping profile {detail} and were left out.",
	      "Nothing is to be done if that is right." } } },
	{ "late_into_published",
	  { { "{value} bản ghi của lô thuộc kỳ đã công bố: {detail}. Bản công bố giữ nguyên; số liệu hiện nay được điều chỉnh.",
	      "Không cần làm gì nếu đúng như vậy; xem `nq17 restatements`." },
	    { "{value} records of this batch fall into published periods: {detail}. What was published stays; the figures of now are restated.",
	      "Nothing is to be done if that is right; see `nq17 restatements`." } } },
	{ "channel_mix_jump",
	  { { "Lô này có {value} hồ sơ trực tuyến, các lô trước có {detail}: lệch quá 30 điểm phần trăm.",
	      "Kiểm tra cột {field} của tệp gửi." },
	    { "{value} of this batch's dossiers are online, {detail} of those sent before: more than 30 points apart.",
	      "Check the field {field} of what was sent." } } },
	/* ---- the whole file ---- */
	{ "delivery_set_aside",
	  { { "Hệ thống đã thử nhiều lần mà không xử lý được lần gửi này ({detail}); dữ liệu được giữ lại để kiểm tra.",
	      "Báo quản trị viên; có thể gửi lại." },
	    { "The system tried this delivery several times and could not process it ({detail}); it is kept to be looked at.",
	      "Tell the administrator; it may be sent again." } } },
	{ "file_name",
	  { { "Tên tệp “{detail}” không cho biết loại bản ghi hoặc định dạng.",
	      "Đặt tên như dossier-2020-06.csv: loại bản ghi (dossier, service, fact, count, milestone), dấu gạch, rồi đuôi .csv, .ndjson, .jsonl hoặc .json (có thể thêm .gz, .zst)." },
	    { "The name \"{detail}\" of the file tells no record type or no format.",
	      "Name it like dossier-2020-06.csv: the record type (dossier, service, fact, count, milestone), a hyphen, and an ending .csv, .ndjson, .jsonl or .json (and .gz or .zst)." } } },
	{ "file_empty",
	  { { "Tệp rỗng.", "Gửi tệp có dòng tiêu đề và ít nhất một bản ghi." },
	    { "The file is empty.", "Send a header line and at least one record." } } },
	{ "file_header_only",
	  { { "Tệp chỉ có dòng tiêu đề.", "Gửi ít nhất một bản ghi." },
	    { "The file holds a header and no record.", "Send at least one record." } } },
	{ "file_foreign",
	  { { "Tệp không phải CSV hay NDJSON mà là {detail}.",
	      "Xuất dữ liệu thành CSV bảng mã UTF-8 rồi gửi lại." },
	    { "The file is neither CSV nor NDJSON but {detail}.",
	      "Export the data as CSV in UTF-8 and send it again." } } },
	{ "file_binary",
	  { { "Tệp chứa dữ liệu nhị phân, không phải văn bản.",
	      "Xuất dữ liệu thành CSV bảng mã UTF-8 rồi gửi lại." },
	    { "The file holds binary data, no text.",
	      "Export the data as CSV in UTF-8 and send it again." } } },
	{ "file_json_as_csv",
	  { { "Tệp là JSON, không phải CSV.",
	      "Thêm --format ndjson (mỗi dòng một đối tượng) hoặc --format json (một mảng)." },
	    { "The file is JSON, no CSV.",
	      "Add --format ndjson (one object a line) or --format json (an array)." } } },
	{ "file_header_blank",
	  { { "Dòng đầu của tệp để trống.", "Dòng đầu phải là tên các cột." },
	    { "The first line of the file is blank.",
	      "The first line names the columns." } } },
	{ "file_unknown_agency",
	  { { "Không có cơ quan “{detail}” (--agency) trong danh mục.",
	      "Dùng mã của danh mục, hoặc thêm cơ quan bằng bản ghi loại agency." },
	    { "There is no agency \"{detail}\" (--agency) in the register.",
	      "Use a code of the register, or add the agency with a record of type agency." } } },
	{ "file_workbook_damaged",
	  { { "Tệp không phải sổ Excel (.xlsx) đọc được: {detail}.",
	      "Mở bằng Excel, lưu lại dạng .xlsx (không đặt mật khẩu) rồi gửi lại." },
	    { "The file is no Excel workbook (.xlsx) that can be read: {detail}.",
	      "Open it in Excel, save it as .xlsx without a password, and send it again." } } },
	{ "file_workbook_too_large",
	  { { "Sổ Excel vượt giới hạn ({detail}).",
	      "Chia nhỏ dữ liệu, hoặc xuất thành CSV." },
	    { "The workbook is beyond a limit ({detail}).",
	      "Split the data, or export it as CSV." } } },
	{ "file_form_broken",
	  { { "Biểu II.06a không đúng mẫu hoặc không khớp ở dòng {detail}.",
	      "Sửa số liệu theo quan hệ giữa các cột của biểu, ghi rõ kỳ báo cáo (Từ ngày … đến ngày …), rồi gửi lại với --type count và --agency." },
	    { "The form II.06a is not of its shape, or does not add up, in row {detail}.",
	      "Mend the figures by the rules between its columns, say the period (Từ ngày … đến ngày …), and send it with --type count and --agency." } } },
	{ "file_workbook_packed",
	  { { "Sổ Excel bị nén thêm bằng gzip hoặc zstd.",
	      "Gửi tệp .xlsx như nó vốn có." },
	    { "The workbook is packed once more by gzip or zstd.",
	      "Send the .xlsx as it is." } } },
	{ "file_unknown_profile",
	  { { "Không có bộ ánh xạ “{detail}” đang dùng.",
	      "Xem `nq17 profile list`; bộ ánh xạ nháp chỉ dùng được với --dry-run." },
	    { "No mapping profile \"{detail}\" is in use.",
	      "See `nq17 profile list`; a draft can only be tried with --dry-run." } } },
	{ "file_profile_type",
	  { { "Bộ ánh xạ này dành cho loại bản ghi {detail}.",
	      "Chọn bộ ánh xạ khác, hoặc loại bản ghi đó." },
	    { "The mapping profile is for records of type {detail}.",
	      "Choose another profile, or that record type." } } },
	{ "file_not_found",
	  { { "Không có tệp {detail}.", "Kiểm tra lại đường dẫn." },
	    { "There is no file {detail}.", "Check the path." } } },
	{ "file_is_folder",
	  { { "{detail} là một thư mục.",
	      "Ghi tên một tệp trong đó, hoặc - để đọc từ đầu vào chuẩn." },
	    { "{detail} is a folder.",
	      "Name a file in it, or - for standard input." } } },
	{ "file_unreadable",
	  { { "Không đọc được tệp {detail}.",
	      "Kiểm tra quyền đọc tệp và thiết bị lưu trữ." },
	    { "The file cannot be read: {detail}.",
	      "Check who may read it, and the device it is on." } } },
	{ "file_no_room",
	  { { "Không đủ chỗ cho bản sao tạm của dữ liệu vào ({detail}).",
	      "Giải phóng chỗ trống trong thư mục tạm, hoặc đặt TMPDIR." },
	    { "There is no room for a temporary copy of the input ({detail}).",
	      "Make room in the folder for temporary files, or set TMPDIR." } } },
	{ "file_not_utf8",
	  { { "Dòng tiêu đề không phải văn bản UTF-8.",
	      "Lưu lại tệp với bảng mã UTF-8." },
	    { "The header is not UTF-8 text.", "Save the file again as UTF-8." } } },
	{ "file_header_too_long",
	  { { "Dòng đầu dài hơn 1 MiB: không phải tiêu đề CSV.",
	      "Dòng đầu phải là tên các cột, cách nhau bằng dấu phẩy hoặc chấm phẩy." },
	    { "The first line is longer than 1 MiB: no CSV header.",
	      "The first line names the columns, separated by commas or semicolons." } } },
	{ "file_unknown_columns",
	  { { "Loại bản ghi này không có các cột: {detail}.", "Sửa tên hoặc bỏ cột." },
	    { "This record type has no columns {detail}.",
	      "Mend their names or remove them." } } },
	{ "file_repeated_columns",
	  { { "Cột có hai lần trong tiêu đề: {detail}.", "Giữ một cột." },
	    { "The header names a column twice: {detail}.", "Keep one of them." } } },
	{ "file_missing_columns",
	  { { "Thiếu cột bắt buộc: {detail}.",
	      "Thêm cột vào tiêu đề (hoặc dùng --agency cho cột agency)." },
	    { "Required columns are missing: {detail}.",
	      "Add them to the header (or give --agency for the agency)." } } },
	{ "file_archive_damaged",
	  { { "Tệp nén bị hỏng.", "Nén và gửi lại toàn bộ tệp." },
	    { "The compressed file is damaged.",
	      "Compress and send it again, whole." } } },
	{ "file_archive_cut",
	  { { "Tệp nén bị cụt giữa chừng.", "Gửi lại toàn bộ tệp." },
	    { "The compressed file breaks off before its end.",
	      "Send it again, whole." } } },
	{ "file_unpacks_too_large",
	  { { "Tệp nén bung ra quá lớn so với kích thước của nó.",
	      "Kiểm tra nội dung; chia thành nhiều tệp hoặc gửi không nén." },
	    { "The compressed file unpacks to far more than its size allows.",
	      "Check what is in it; send several files, or send it unpacked." } } },
	{ "file_not_ndjson",
	  { { "Dòng đầu không bắt đầu bằng một đối tượng JSON.",
	      "Mỗi dòng là một đối tượng; mảng JSON gửi với --format json." },
	    { "The first line does not begin with a JSON object.",
	      "NDJSON is one object a line; send JSON arrays with --format json." } } },
	{ "file_not_json",
	  { { "Tệp không phải JSON hợp lệ: {detail}.",
	      "Gửi một mảng đối tượng JSON, hoặc mỗi dòng một đối tượng với --format ndjson." },
	    { "The file is not valid JSON: {detail}.",
	      "Send an array of JSON objects, or one object a line with --format ndjson." } } },
	{ "file_read_twice",
	  { { "Tệp bị thay đổi trong khi đang đọc.", "Gửi lại khi tệp đã ghi xong." },
	    { "The file changed while it was read.",
	      "Send it again once it is complete." } } },
};

static const struct code *look_up(const char *name)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(codes[i].name, name) == 0)
			return &codes[i];
	return NULL;
}

static const struct code *find(const char *name)
{
	const struct code *code = look_up(name);

	if (!code)
		BUG("no error code %s", name);
	return code;
}

/* Fills the places of a sentence. */
static void add_sentence(struct text *out, const char *sentence,
			 const struct message_parts *parts)
{
	const struct {
		const char *place, *value;
	} places[] = {
		{ "{field}", parts->field },
		{ "{value}", parts->value },
		{ "{detail}", parts->detail },
	};

	while (*sentence) {
		size_t plain = strcspn(sentence, "{"), i;

		text_add_bytes(out, sentence, plain);
		sentence += plain;
		if (!*sentence)
			break;
		for (i = 0; i < 3; i++)
			if (strncmp(sentence, places[i].place, strlen(places[i].place)) ==
			    0)
				break;
		if (i == 3)
			BUG("unknown place in \"%s\"", sentence);
		text_add(out, places[i].value ? places[i].value : "?");
		sentence += strlen(places[i].place);
		/* Three points end a sentence, too. */
		if (places[i].value && strcmp(places[i].value, "…") == 0 &&
		    *sentence == '.')
			sentence++;
	}
}

void message_add(struct text *out, enum message_language language, const char *code,
		 const struct message_parts *parts)
{
	const struct sentences *sentences = &find(code)->in[language];

	add_sentence(out, sentences->cause, parts);
	text_add_char(out, ' ');
	add_sentence(out, sentences->remedy, parts);
}

static int lacks_part(const char *sentence, const struct message_parts *parts)
{
	return (!parts->field && strstr(sentence, "{field}")) ||
	       (!parts->value && strstr(sentence, "{value}")) ||
	       (!parts->detail && strstr(sentence, "{detail}"));
}

/* What stands in SAID where the sentences of CODE have their detail; NULL: SAID is not
 * those sentences in LANGUAGE.  Belongs to the caller. */
static char *find_detail(enum message_language language, const char *code,
			 const struct message_parts *parts, const char *said)
{
	static const char mark[] = "\x01";
	struct message_parts tried = { parts->field, parts->value, mark };
	struct text form = { 0 }, again = { 0 };
	size_t before, after;
	const char *end;
	char *detail = NULL;

	message_add(&form, language, code, &tried);
	before = strcspn(form.data, mark);
	if (!form.data[before] || strncmp(said, form.data, before) != 0)
		goto done;
	after = strcspn(form.data + before + 1, mark);
	form.data[before + 1 + after] = '\0';
	/* The last place where it can end, unless it occurs again. */
	end = strlen(said) >= before + after ? said + strlen(said) - after : said;
	if (strcmp(end, form.data + before + 1) != 0)
		end = strstr(said + before, form.data + before + 1);
	if (!end || end < said + before)
		goto done;
	detail = memory_copy_bytes(said + before, (size_t)(end - said) - before);
	tried.detail = detail;
	message_add(&again, language, code, &tried);
	if (strcmp(again.data, said) != 0) {
		free(detail);
		detail = NULL;
	}
done:
	text_free(&form);
	text_free(&again);
	return detail;
}

int message_explain(struct text *cause, struct text *remedy,
		    enum message_language language, const char *code,
		    const struct message_parts *parts, const char *said)
{
	const struct code *found = look_up(code);
	struct message_parts all = *parts;
	char *detail = NULL;
	int is_whole;

	if (!found)
		return 0;
	for (int i = MESSAGE_VI; said && !all.detail && !detail && i <= MESSAGE_EN; i++)
		detail = find_detail((enum message_language)i, code, parts, said);
	if (detail)
		all.detail = detail;
	is_whole = !lacks_part(found->in[language].cause, &all) &&
		   !lacks_part(found->in[language].remedy, &all);
	if (is_whole) {
		add_sentence(cause, found->in[language].cause, &all);
		add_sentence(remedy, found->in[language].remedy, &all);
	}
	free(detail);
	return is_whole;
}

void message_print_table(struct text *out)
{
	static const struct message_parts names = { "FIELD", "VALUE", "DETAIL" };

	text_add(out, "| code | nguyên nhân và cách sửa | cause and remedy |\n"
		      "|---|---|---|\n");
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		text_addf(out, "| `%s` | ", codes[i].name);
		message_add(out, MESSAGE_VI, codes[i].name, &names);
		text_add(out, " | ");
		message_add(out, MESSAGE_EN, codes[i].name, &names);
		text_add(out, " |\n");
	}
}

int file_refuse(struct file_refusal *refusal, struct error *err, const char *code,
		const char *detail)
{
	struct message_parts parts = { .detail = detail };
	struct text sentence = { 0 };

	refusal->code = code;
	message_add(&sentence, refusal->language, code, &parts);
	error_set(err, ERROR_INVALID, "%s", text_string(&sentence));
	text_free(&sentence);
	return -1;
}
