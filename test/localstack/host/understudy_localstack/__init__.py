"""What LocalStack needs to do in host mode what its image does with Docker and downloads."""
