using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Prism.Gateway.Errors;

namespace Prism.Gateway.Auth;

/// <summary>The errors for callers without access. They contain nothing that the caller has sent.</summary>
internal static class AuthErrors
{
    public static readonly ApiError Missing = new(
        "You did not provide an API key. Send it as 'Authorization: Bearer <key>' or as 'x-api-key: <key>'.",
        ApiError.InvalidRequest, null, "invalid_api_key");

    public static readonly ApiError Invalid = new("The API key is not valid.", ApiError.InvalidRequest, null, "invalid_api_key");

    private const string Bearer = "Bearer realm=\"prism\"";
    private const string Basic = "Basic realm=\"prism\", charset=\"UTF-8\"";

    public static ApiError Denied(string why) => new(why, ApiError.InvalidRequest, null, "permission_denied");

    /// <summary>Sets the header that says how to send a key.</summary>
    /// <remarks>Source: RFC 6750, section 3; RFC 7617, section 2.</remarks>
    public static void Challenge(HttpResponse response, Access access, bool isWrong)
    {
        var bearer = isWrong ? Bearer + ", error=\"invalid_token\"" : Bearer;
        response.Headers.WWWAuthenticate = access.InBrowser ? new StringValues([Basic, bearer]) : bearer;
    }
}
