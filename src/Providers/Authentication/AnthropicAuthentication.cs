namespace Prism.Providers.Authentication;

/// <summary>Anthropic's authentication: the key in <c>x-api-key</c>, with the version of the API.</summary>
internal sealed class AnthropicAuthentication : IAuthentication
{
    // The last version that takes temperature, top_p and top_k: 2026-10-21 rejects them, even at their defaults. Source:
    // https://platform.claude.com/docs/en/api/versioning
    private const string Version = "2023-06-01";

    public ValueTask AuthenticateAsync(
        HttpRequestMessage message, ReadOnlyMemory<byte> body, string? apiKey, CancellationToken cancellationToken)
    {
        message.Headers.Add("anthropic-version", Version);
        if (apiKey is not null)
        {
            message.Headers.Add("x-api-key", apiKey);
        }

        return ValueTask.CompletedTask;
    }
}
