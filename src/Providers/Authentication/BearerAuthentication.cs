namespace Prism.Providers.Authentication;

/// <summary>The key as a bearer token. Self-hosted servers often need no key.</summary>
internal sealed class BearerAuthentication : IAuthentication
{
    // Of the last call: most providers have one key.
    private volatile Credential? _last;

    public ValueTask AuthenticateAsync(
        HttpRequestMessage message, ReadOnlyMemory<byte> body, string? apiKey, CancellationToken cancellationToken)
    {
        if (apiKey is not null)
        {
            var credential = _last is { } last && last.Key == apiKey ? last : _last = new(apiKey, "Bearer " + apiKey);
            message.Headers.TryAddWithoutValidation("Authorization", credential.Header);
        }

        return ValueTask.CompletedTask;
    }

    // No record: those print what they have.
    private sealed class Credential(string key, string header)
    {
        public string Key => key;

        public string Header => header;
    }
}
