using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;

namespace Prism.Tests;

/// <summary>The headers that an operator has set for a provider.</summary>
public sealed class HeadersTests
{
    public static TheoryData<string> Types => [.. ProviderType.All.Where(type => !type.IsInProcess).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_call_has_them_besides_its_key(string type)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("{}", 500));

        await CallAsync(upstream.Url, type, "x-team = blue , x-list=a%2Cb%25, api-key=k=1");

        Assert.Equal(2, upstream.Received.Count);
        Assert.All(upstream.Received, received =>
        {
            Assert.Equal(("blue", "a,b%", "k=1"), (received.Headers["x-team"], received.Headers["x-list"], received.Headers["api-key"]));
            Assert.Contains(received.Headers, header => header.Key == ProviderType.Find(type)!.KeyHeader && header.Value.EndsWith("sk-0123456789", StringComparison.Ordinal));
            Assert.Equal("application/json", received.Headers["Content-Type"]);
        });
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task No_value_comes_back_in_what_a_vendor_says(string type)
    {
        const string Quoting = """{"error":{"message":"Bad value hidden-value-1 of x-team.","type":"invalid_request_error"}}""";
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(type == "ollama" ? """{"error":"Bad value hidden-value-1 of x-team."}""" : Quoting, 400));

        var errors = await CallAsync(upstream.Url, type, "x-team=hidden-value-1");

        Assert.All(errors, error => Assert.Equal("Bad value *** of x-team.", error.Message));
        Assert.All(errors, error => Assert.DoesNotContain("hidden-value-1", error.Failure!.Message, StringComparison.Ordinal));
    }

    // Once for a whole answer, once for a streamed one.
    private static async Task<List<ChatError>> CallAsync(string url, string type, string headers)
    {
        Assert.Null(ProviderHeaders.FindProblem(headers));
        await using var services = new ServiceCollection()
            .AddPrismProviders()
            .Configure<ProvidersOptions>(options => options.Providers["up"] = new()
            {
                Type = ProviderType.Find(type),
                BaseUrl = url,
                ApiKey = "sk-0123456789",
                Headers = ProviderHeaders.Parse(headers),
            })
            .BuildServiceProvider();
        var provider = services.GetRequiredService<ProviderRegistry>().Find("up")!;
        var request = new ChatRequest { Model = "m", Messages = [ChatMessage.Create("user", "Hello")] };
        var errors = new List<ChatError> { (await provider.CompleteAsync(request, default)).Error! };
        await foreach (var streamEvent in provider.StreamAsync(request, default))
        {
            errors.Add(streamEvent.Failed!);
        }

        return errors;
    }
}
