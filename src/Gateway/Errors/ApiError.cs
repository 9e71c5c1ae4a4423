using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Gateway.Errors;

/// <summary>OpenAI's error object, the body of every error: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed record ApiErrorBody(ApiError Error);

/// <summary>An error.</summary>
/// <param name="Message">The text for people.</param>
/// <param name="Type">The class of error.</param>
/// <param name="Param">The field of the request at fault.</param>
/// <param name="Code">The reason, for programs.</param>
/// <param name="Quota">The quota that is used up, where it is one.</param>
internal sealed record ApiError(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuotaUse? Quota = null)
{
    public const string InvalidRequest = "invalid_request_error";
    public const string ServerError = "server_error";
}
