using System.Text;
using Prism.Silo.Logging;

namespace Prism.Tests.Logging;

/// <summary>No configured secret is in written bytes, and nothing else is changed.</summary>
public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("no secret", "no secret")]
    [InlineData("", "")]
    [InlineData("sk-secret-1234", "***")]
    [InlineData("a sk-secret-1234sk-secret-1234\nsk-secret-1234\n", "a ******\n***\n")]
    [InlineData("sk-secret-123 SK-SECRET-1234", "sk-secret-123 SK-SECRET-1234")]
    [InlineData("\u00fcsk-secret-1234\ud83d\ude00", "\u00fc***\ud83d\ude00")]
    [InlineData("the p\u00e4ssw\u00f6rd\ud83d\ude00\u4f60 itself", "the *** itself")]
    [InlineData("the p\u00e3\u00a4ssw\u00f6rd", "the p\u00e3\u00a4ssw\u00f6rd")]
    [InlineData("quoted\"\\key", "***")]
    [InlineData("{\"a\":\"quoted\\\"\\\\key\"}", "{\"a\":\"***\"}")]
    [InlineData("short", "short")]
    public void Secrets_are_masked_as_they_are_and_as_JSON_writes_them(string line, string expected)
    {
        var mask = new SecretMask(["sk-secret-1234", "p\u00e4ssw\u00f6rd\ud83d\ude00\u4f60", "quoted\"\\key", "short"]);

        Assert.Equal(expected, Encoding.UTF8.GetString(mask.Apply(Encoding.UTF8.GetBytes(line))));
    }

    [Fact]
    public void A_secret_is_found_anywhere_in_a_batch()
    {
        var mask = new SecretMask(["sk-secret-1234", "\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d"]);
        var around = new string('x', 70_000);

        Assert.All(Enumerable.Range(0, 100).Select(shift => shift * 701), shift =>
        {
            var (before, after) = (around[..shift], around[shift..]);
            Assert.Equal($"{before}***{after}", Apply($"{before}sk-secret-1234{after}"));
            Assert.Equal($"{before}***{after}", Apply($"{before}\u4f60\u597d\u4f60\u597d\u4f60\u597d\u4f60\u597d{after}"));
        });

        string Apply(string text) => Encoding.UTF8.GetString(mask.Apply(Encoding.UTF8.GetBytes(text)));
    }
}
