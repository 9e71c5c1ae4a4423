using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Addressing;
using Prism.Providers.Authentication;
using Prism.Providers.Definitions;

namespace Prism.Tests;

/// <summary>A type of provider that is put together of parts by name: one that signs its bodies, and has model and verb in its address.</summary>
public sealed class ProviderPartsTests
{
    private static readonly ProviderDefinition Signed = new()
    {
        Name = "signed",
        Dialect = PartNames.OpenAiChat,
        Authentication = "signature",
        Addressing = "model",
    };

    [Theory]
    [InlineData(false, "/models/a%2Fb:answer")]
    [InlineData(true, "/models/a%2Fb:stream")]
    public async Task A_call_has_the_address_of_its_model_and_the_signature_of_its_body(bool stream, string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("{}", 500));

        await FailAsync(new Signature(), upstream.Url, stream);

        var received = Assert.Single(upstream.Received);
        Assert.Equal(path, received.Path);
        Assert.Equal(Signature.Of("secret-1", "blue", Encoding.UTF8.GetBytes(received.Body)), received.Headers["signature"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_credentials_the_provider_is_not_called(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("{}"));

        var error = await FailAsync(new Signature { Failure = new HttpRequestException("No token.") }, upstream.Url, stream);

        Assert.Equal((ChatErrorKind.UpstreamUnreachable, "up"), (error.Kind, error.Provider));
        Assert.Empty(upstream.Received);
    }

    private static async Task<ChatError> FailAsync(Signature signature, string url, bool stream)
    {
        await using var services = new ServiceCollection()
            .AddPrismProviders()
            .AddKeyedSingleton<IAuthentication>("signature", signature)
            .AddKeyedSingleton<IAddressing>("model", new ModelAddressing())
            .Configure<ProvidersOptions>(options => options.Providers["up"] = new()
            {
                Type = Signed,
                BaseUrl = url,
                ApiKey = "secret-1",
                Headers = ProviderHeaders.Parse("x-team=blue"),
            })
            .BuildServiceProvider();
        var provider = services.GetRequiredService<ProviderRegistry>().Find("up")!;
        var request = new ChatRequest { Model = "a/b", Messages = [ChatMessage.Create("user", "Hello")] };
        if (!stream)
        {
            return (await provider.CompleteAsync(request, default)).Error!;
        }

        var events = new List<ChatStreamEvent>();
        await foreach (var streamEvent in provider.StreamAsync(request, default))
        {
            events.Add(streamEvent);
        }

        return Assert.Single(events).Failed!;
    }

    // Covers the headers of the operator too, and takes its time, as one does that fetches a token.
    private sealed class Signature : IAuthentication
    {
        public Exception? Failure { get; init; }

        public static string Of(string key, string team, ReadOnlySpan<byte> body) =>
            Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key + team), body));

        public async ValueTask AuthenticateAsync(
            HttpRequestMessage message, ReadOnlyMemory<byte> body, string? apiKey, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Failure is { } failure)
            {
                throw failure;
            }

            message.Headers.Add("signature", Of(apiKey!, message.Headers.GetValues("x-team").Single(), body.Span));
        }
    }

    private sealed class ModelAddressing : IAddressing
    {
        public ICallAddress At(string baseUrl) => new Address(baseUrl);

        private sealed class Address(string baseUrl) : ICallAddress
        {
            public string Authority => new Uri(baseUrl).Authority;

            public Uri For(string? model, bool stream) => new($"{baseUrl}/models/{Uri.EscapeDataString(model!)}:{(stream ? "stream" : "answer")}");
        }
    }
}
