namespace Prism.Providers.Authentication;

/// <summary>Authenticates Prism to a provider.</summary>
internal interface IAuthentication
{
    /// <summary>Puts the credentials on a request, whose other headers are complete.</summary>
    /// <param name="message">The request.</param>
    /// <param name="body">The body as it is sent, for signatures. Only valid during the call.</param>
    /// <param name="apiKey">The endpoint's key; null for none.</param>
    /// <param name="cancellationToken">Fires when the caller disconnects or the call times out.</param>
    ValueTask AuthenticateAsync(HttpRequestMessage message, ReadOnlyMemory<byte> body, string? apiKey, CancellationToken cancellationToken);
}
