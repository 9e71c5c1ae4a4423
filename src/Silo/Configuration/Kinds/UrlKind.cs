namespace Prism.Silo.Configuration.Kinds;

/// <summary>A base address, or several between commas. Messages never quote one, because the problem may be a password in it.</summary>
internal sealed class UrlKind : SettingKind
{
    public override string Allowed => "URL, or several, comma-separated";

    public override string? FindProblem(string configured)
    {
        var urls = ListKind.Split(configured);
        return urls.Distinct(StringComparer.Ordinal).Count() < urls.Length
            ? "lists an address more than once"
            : urls.DefaultIfEmpty("").Select(FindProblemOfOne).FirstOrDefault(problem => problem is not null);
    }

    private static string? FindProblemOfOne(string configured)
    {
        if (!Uri.TryCreate(configured, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Host.Length == 0
            || configured.Any(char.IsWhiteSpace))
        {
            return "has to be an absolute URL that begins with http:// or https://";
        }

        return url.UserInfo.Length > 0 || configured.AsSpan().ContainsAny('?', '#')
            ? "must not have user info, a query or a fragment in it; credentials belong in a setting of their own"
            : null;
    }
}
