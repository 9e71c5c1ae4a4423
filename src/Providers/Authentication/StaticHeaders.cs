using System.Collections.Immutable;

namespace Prism.Providers.Authentication;

/// <summary>Adds the operator's headers for a provider before the vendor's authentication: a signature may cover them.</summary>
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
