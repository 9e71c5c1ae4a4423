using System.Collections.Immutable;

namespace Prism.Providers.Authentication;

/// <summary>The headers that the operator has set for a provider, before what the vendor wants: a signature may cover them.</summary>
internal sealed class StaticHeaders(ImmutableArray<KeyValuePair<string, string>> headers, IAuthentication inner) : IAuthentication
{
    public ValueTask AuthenticateAsync(
        HttpRequestMessage message, ReadOnlyMemory<byte> body, string? apiKey, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return inner.AuthenticateAsync(message, body, apiKey, cancellationToken);
    }
}
