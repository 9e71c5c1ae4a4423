using Prism.Providers;

namespace Prism.Tests;

/// <summary>Where a provider can be called.</summary>
public sealed class ProviderOptionsTests
{
    [Theory]
    [InlineData("https://a.test/v1/", null, "https://a.test/v1|")]
    [InlineData("https://a.test", "k1", "https://a.test|k1")]
    [InlineData("https://a.test", "k1, k2,", "https://a.test|k1 https://a.test|k2")]
    [InlineData("https://a.test, https://b.test/", "k1", "https://a.test|k1 https://b.test|k1")]
    [InlineData("https://a.test,https://b.test", "", "https://a.test| https://b.test|")]
    [InlineData("https://a.test,https://b.test", "k1,k2", "https://a.test|k1 https://b.test|k2")]
    public void Each_key_is_for_the_one_address_or_for_its_own(string baseUrl, string? apiKey, string expected)
    {
        var options = new ProviderOptions { BaseUrl = baseUrl, ApiKey = apiKey };

        Assert.Equal(expected, string.Join(' ', options.Endpoints.Select(endpoint => $"{endpoint.BaseUrl}|{endpoint.ApiKey}")));
        Assert.DoesNotContain(options.Endpoints, endpoint => endpoint.ToString()!.Contains("k1", StringComparison.Ordinal));
    }
}
