/* messages.c -- every text of the pages, in Vietnamese and English. */
#include "web/messages.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off: one text a line reads and sorts best. */
const struct message messages[] = {
	{ "app.name", "NQ17", "NQ17" },
	{ "app.tagline", "Theo dõi thực hiện Nghị quyết 17/NQ-CP về Chính phủ điện tử",
	  "Progress on Resolution 17/NQ-CP on e-government" },
	{ "as_of", "Số liệu đến {{as_of|time}}", "Figures as of {{as_of|time}}" },
	{ "error.400.text",
	  "Địa chỉ này có chỗ không đọc được. Hãy kiểm tra lại kỳ, mã cơ quan và tên chỉ tiêu.",
	  "Something in this address cannot be read. Check the period, the agency code and the indicator name." },
	{ "error.400.title", "Yêu cầu không đúng", "Bad request" },
	{ "error.404.text", "Không có trang, cơ quan hoặc chỉ tiêu nào ở địa chỉ này.",
	  "There is no page, agency or indicator at this address." },
	{ "error.404.title", "Không tìm thấy", "Not found" },
	{ "error.405.text", "Trang này chỉ để đọc.", "This page can only be read." },
	{ "error.405.title", "Không hỗ trợ phương thức này", "Method not allowed" },
	{ "error.406.text", "Trang này không có ở định dạng được yêu cầu.",
	  "This page does not exist in the format asked for." },
	{ "error.406.title", "Không có định dạng này", "No such format" },
	{ "error.409.text", "Cơ sở dữ liệu không khớp với phiên bản chương trình.",
	  "The database does not match this version of the program." },
	{ "error.409.title", "Chưa sẵn sàng", "Not ready" },
	{ "error.413.text", "Yêu cầu gửi kèm quá nhiều dữ liệu.",
	  "The request carries too much data." },
	{ "error.413.title", "Nội dung quá lớn", "Content too large" },
	{ "error.500.text", "Có lỗi ở phía chúng tôi; lỗi đã được ghi lại.",
	  "Something went wrong on our side; it has been recorded." },
	{ "error.500.title", "Lỗi của hệ thống", "A fault of the system" },
	{ "error.503.text",
	  "Cơ sở dữ liệu đang bận hoặc đang khởi động lại. Hãy thử lại sau ít giây.",
	  "The database is busy or restarting. Please try again in a few seconds." },
	{ "error.503.title", "Tạm thời không phục vụ được", "Temporarily unavailable" },
	{ "error.back", "Về trang tổng quan", "Back to the overview" },
	{ "maturity.final", "Chính thức", "Final" },
	{ "maturity.provisional", "Tạm tính", "Provisional" },
	{ "maturity.restated", "Đã điều chỉnh", "Restated" },
	{ "nav.agencies", "Cơ quan", "Agencies" },
	{ "nav.indicators", "Chỉ tiêu", "Indicators" },
	{ "nav.language", "Ngôn ngữ", "Language" },
	{ "nav.main", "Các trang chính", "Main pages" },
	{ "nav.method", "Phương pháp", "Method" },
	{ "nav.overview", "Tổng quan", "Overview" },
	{ "nav.path", "Bạn đang ở", "You are here" },
	{ "nav.rankings", "Xếp hạng", "Rankings" },
	{ "nav.skip", "Đến nội dung chính", "Skip to main content" },
	{ "period.calendar", "Năm dương lịch", "Calendar years" },
	{ "period.label", "Kỳ", "Period" },
	{ "period.nd09", "Kỳ báo cáo Nghị định 09/2019",
	  "Reporting years of Decree 09/2019" },
	{ "period.show", "Xem", "Show" },
	{ "sample.banner",
	  "DỮ LIỆU MẪU. Mọi con số trên trang này được tạo ra để minh họa, không phải số liệu thật.",
	  "SAMPLE DATA. Every figure on this page was made up for demonstration and is not real." },
	{ "status.behind", "Chậm tiến độ", "Behind" },
	{ "status.met", "Đạt", "Met" },
	{ "status.no_data", "Chưa có số liệu", "No data" },
	{ "status.no_target", "Không có chỉ tiêu", "No target" },
	{ "status.not_applicable", "Không áp dụng", "Not applicable" },
	{ "status.not_met", "Chưa đạt", "Not met" },
	{ "status.on_track", "Đúng tiến độ", "On track" },
	{ "status.undetermined", "Chưa xác định", "Undetermined" },
	{ "title.error", "Lỗi", "Error" },
};
/* clang-format on */

const size_t messages_count = sizeof messages / sizeof *messages;

static int compare(const void *key, const void *message)
{
	return strcmp(key, ((const struct message *)message)->key);
}

const char *message_find(const char *key, const char *language)
{
	const struct message *message =
		bsearch(key, messages, messages_count, sizeof *messages, compare);

	if (!message)
		return NULL;
	return strcmp(language, "en") == 0 ? message->en : message->vi;
}
