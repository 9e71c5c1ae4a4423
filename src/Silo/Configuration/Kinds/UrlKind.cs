namespace Prism.Configuration.Kinds;

/// <summary>A base address. Messages never quote it: what is wrong with it may be the password in it.</summary>
internal sealed class UrlKind : SettingKind
{
    public override string Allowed => "URL";

    public override string? FindProblem(string configured)
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
